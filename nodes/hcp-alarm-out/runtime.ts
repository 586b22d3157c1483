import type { NodeAPI } from "node-red";
import { GenericEventAlarms, openApiAlarms, type AlarmOutput } from "../../src/hcp/alarms/alarm-output";
import { Once } from "../../src/core/once";
import { hcpClientOf } from "../hcp/server";
import { defineNode } from "../kit/define-node";
import { onClose, onInput, reportError } from "../kit/guard";
import { showError } from "../kit/status";
import { options as settings } from "./options";

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "hcp-alarm-out", options: settings }, ({ node, options, status }) => {
    const { transport, rule, path, template, host, port, resend } = options;
    const client = hcpClientOf(RED, options.server);
    let sent = 0;
    const failures = new Once(1);
    const showReady = (): void => {
      failures.clear();
      if (sent === 0) status("ok", "connected");
      else status("ok", "alarms", { n: sent });
    };
    const onProblem = (error: Error): void => {
      showError(status, error);
      // Reports the failure once until alarms can be sent again: each new attempt to connect fails in the same way.
      if (failures.first("connection")) reportError(node, error);
    };

    const output: AlarmOutput =
      transport === "openapi"
        ? openApiAlarms({ client, rule, template, path })
        : new GenericEventAlarms({
            ...{ client, transport, host, port, rule, template, resend },
            onReady: showReady,
            onProblem,
          });
    if (transport === "openapi") status("idle", "ready");
    else status("connecting", "connecting");

    let closed = false;
    onInput(node, async (msg, send) => {
      try {
        const hcp = await output.send(msg);
        sent += 1;
        if (!closed) showReady();
        send(Object.assign(msg, { hcp }));
      } catch (error) {
        if (!closed) showError(status, error);
        throw error;
      }
    });
    onClose(node, () => {
      closed = true;
      return output.close();
    });
  });
};
