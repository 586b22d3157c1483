import path from "node:path";
import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { bytesOf, EventArchive } from "../../src/archive";
import { isClosedError, SurveillanceError, toError } from "../../src/core/errors";
import { acknowledge } from "../kit/acknowledgement";
import { defineNode } from "../kit/define-node";
import { onClose, onInput, reportError } from "../kit/guard";
import { showError } from "../kit/status";
import { options } from "./options";

type ArchivedMessage = NodeMessageInFlow & { raw?: unknown; files?: string[] };

/** The folders of all archives. Two archives in one folder would delete each other's files. */
const folders = new Set<string>();

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "event-archive", options, acknowledges: true }, ({ node, options, status }) => {
    const folder = path.resolve(RED.settings.userDir ?? "", options.folder);
    if (folders.has(folder)) {
      throw new SurveillanceError("CONFIG_INVALID", `Another event-archive node uses ${folder}.`, {
        advice: "Set a separate folder for each node, or connect all events to one node.",
      });
    }
    const archive = new EventArchive({
      ...options,
      folder,
      onTidyFailed: (error) => {
        node.warn(error);
      },
    });
    folders.add(folder);
    let count = 0;
    archive.start().then(
      () => {
        status("idle", "ready");
      },
      (thrown: unknown) => {
        const error = toError(thrown);
        if (isClosedError(error)) return;
        showError(status, error);
        reportError(node, error);
      },
    );

    onInput(node, async (incoming, send) => {
      const msg = incoming as ArchivedMessage;
      try {
        const { images, raw } = await archive.append(msg.payload, rawOf(msg.raw));
        acknowledge(node, msg._msgid);
        count += 1;
        status("ok", "archived", { count });
        send(Object.assign(msg, { files: raw === undefined ? images : [...images, raw] }));
      } catch (thrown) {
        const error = toError(thrown);
        acknowledge(node, msg._msgid, error);
        showError(status, error);
        throw error;
      }
    });
    onClose(node, async () => {
      await archive.close().finally(() => folders.delete(folder));
    });
  });
};

/** Returns the body of an event node's message: bytes or text. */
function rawOf(raw: unknown): Buffer | undefined {
  return typeof raw === "string" ? Buffer.from(raw) : bytesOf(raw);
}
