import type { CallbackReport } from "../../../src/hcp/diagnosis/reports";
import { askRuntime } from "../../kit/editor/runtime";

type Translate = (key: string, values?: Record<string, string | number>) => string;

/** The fields of the callback address. */
const PLACE = ["callbackUrl", "path", "token", "listen", "port"].map((name) => `#node-input-${name}`).join();

/**
 * Sets up the callback test in the open dialog of an hcp-event-in node, which already has its values. It tests whether
 * HikCentral's posts reach the deployed node.
 *
 * @param node `changed` if it was changed since the last deploy
 */
export function setUpCallbackTest(node: { id: string; changed?: boolean }, translate: Translate): void {
  const { id, changed = false } = node;
  const place = (): string =>
    $(PLACE)
      .toArray()
      .map((field) => String($(field).val()))
      .join("\n");
  const opened = place();
  const button = $("#hcp-event-in-test");
  const result = $("#hcp-event-in-tested");
  const test = async (): Promise<void> => {
    button.prop("disabled", true);
    result.text(translate("callback.running"));
    try {
      const shown = lines(await askRuntime<CallbackReport>("hcp-event-in/test", { id }), translate);
      if (changed || place() !== opened) shown.push(translate("callback.changed"));
      result.text(shown.join("\n"));
    } catch (error) {
      result.text(
        `${translate("callback.undone")} ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    button.prop("disabled", false);
  };
  button.on("click", () => void test());
}

function lines({ subscription, post }: CallbackReport, translate: Translate): string[] {
  const shown: string[] = [];
  if (subscription.ok) {
    const { types, subscribed, otherAddresses } = subscription;
    shown.push(translate("callback.subscribed", { subscribed, types }));
    if (otherAddresses.length > 0) {
      shown.push(translate("callback.otherAddresses", { addresses: otherAddresses.join(", ") }));
    }
  } else {
    shown.push(translate("callback.unseen"), subscription.message);
  }
  if (post.ok) shown.push(translate("callback.arrived", { ms: post.durationMs }));
  else shown.push(translate("callback.failed"), post.message, translate("callback.advice"));
  return shown;
}
