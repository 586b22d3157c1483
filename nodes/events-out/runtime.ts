import type { NodeAPI } from "node-red";
import { isClosedError, toError } from "../../src/core/errors";
import { EventWriter, subjectsOf } from "../../src/store/writer";
import { openStore } from "../events/open-store";
import { acknowledge } from "../kit/acknowledgement";
import { defineNode } from "../kit/define-node";
import { onInput } from "../kit/guard";
import { closeWithNode } from "../kit/show-source";
import { showError } from "../kit/status";
import { options } from "./options";

/** The size of a store without a limit of its own. */
const MAX_BYTES = 2 ** 30;

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "events-out", options }, ({ node, options, status }) => {
    const { subject, maxBytes = MAX_BYTES, dedupWindow } = options;
    const store = openStore(RED, node, options, {
      subjects: subjectsOf(subject),
      maxBytes,
      dedupWindowMs: dedupWindow * 1000,
    });
    const writer = new EventWriter(store, subject);
    let count = 0;
    status("idle", "ready");

    onInput(node, async (msg, send) => {
      try {
        const stored = await writer.write(msg);
        acknowledge(node, msg._msgid);
        count += 1;
        status("ok", "stored", { count });
        send(Object.assign(msg, { stored }));
      } catch (thrown) {
        const error = toError(thrown);
        acknowledge(node, msg._msgid, error);
        // The sender repeats a message that a redeploy cut off.
        if (!isClosedError(error)) showError(status, error);
        throw error;
      }
    });
    closeWithNode(node, writer);
  });
};
