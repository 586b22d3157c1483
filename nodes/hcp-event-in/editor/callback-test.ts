import type { CallbackReport } from "../../../src/hcp/diagnosis/reports";
import { askRuntime } from "../../kit/editor/runtime";

type Translate = (key: string, values?: Record<string, string | number>) => string;

/** What decides where the posts go. */
const PLACE = ["callbackUrl", "path", "token", "listen", "port"].map((name) => `#node-input-${name}`).join();

/**
 * Lets the open dialog of an hcp-event-in node ask whether HikCentral's posts get to the node as it is deployed; the dialog has
 * its values already.
 *
 * @param node `changed` where it was changed since the last deploy
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
      const told = lines(await askRuntime<CallbackReport>("hcp-event-in/test", { id }), translate);
      if (changed || place() !== opened) told.push(translate("callback.changed"));
      result.text(told.join("\n"));
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
  const told: string[] = [];
  if (subscription.ok) {
    const { wanted, there, elsewhere } = subscription;
    told.push(translate("callback.subscribed", { wanted, there }));
    if (elsewhere.length > 0) told.push(translate("callback.elsewhere", { addresses: elsewhere.join(", ") }));
  } else {
    told.push(translate("callback.unseen"), subscription.message);
  }
  if (post.ok) told.push(translate("callback.arrived", { ms: post.durationMs }));
  else told.push(translate("callback.failed"), post.message, translate("callback.advice"));
  return told;
}
