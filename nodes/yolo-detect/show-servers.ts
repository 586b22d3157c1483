import type { Node } from "node-red";
import type { DetectorWatcher } from "../../src/vision/detector";
import type { ServersReport } from "../../src/vision/worker/messages";
import { reportError } from "../kit/guard";
import { showError, type ShowStatus } from "../kit/status";
import { throttledWarning } from "../kit/warnings";

/** Shows the state of a detector on inference servers. */
export interface ServersShown extends DetectorWatcher {
  /** Shows the state if it is not the best one. @returns false if all servers work */
  showDegraded: () => boolean;
}

/**
 * Returns the watcher of a detector on inference servers: it shows the number of servers that are ready, and reports
 * once that they are away, or that this computer takes over.
 */
export function showServers(node: Node, status: ShowStatus, hasFallback: boolean): ServersShown {
  const warn = throttledWarning(node);
  let report: ServersReport = { ready: 0, servers: 0, errors: [] };
  let isReady = false;
  let isHere = false;
  let isReported = false;

  const showDegraded = (): boolean => {
    const { ready, servers } = report;
    if (isHere) status("warning", "fallback");
    else if (ready < servers) status("warning", "servers", { ready, servers });
    else return false;
    return true;
  };
  const show = (): void => {
    if (!isReady && !isHere) return;
    if (!showDegraded()) status("ok", "servers", { ready: report.ready, servers: report.servers });
  };

  return {
    showDegraded,
    onServers: (latest) => {
      const [first] = latest.errors;
      // A single server that is away is a warning: the others do its work.
      if (first !== undefined && latest.ready > 0 && latest.ready < report.ready) warn(first.message);
      report = latest;
      show();
    },
    onWorkerReady: () => {
      isReady = true;
      isReported = false;
      show();
    },
    onAway: (error) => {
      isReady = false;
      if (hasFallback) return;
      showError(status, error);
      if (!isReported) reportError(node, error);
      isReported = true;
    },
    onWorkerDied: (error) => {
      reportError(node, error);
    },
    onFallback: (reason) => {
      isHere = true;
      warn(`The model runs on this computer instead of the servers. ${reason.message}`);
      show();
    },
    onServersBack: () => {
      isHere = false;
      node.log("The model runs on the inference servers again.");
      show();
    },
    onFallbackInvalid: (error) => {
      reportError(node, error);
    },
  };
}
