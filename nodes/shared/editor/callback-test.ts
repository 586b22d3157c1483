import type { CallbackReport } from "../../../src/hcp/callback-report";
import { askRuntime } from "./runtime";

type Translate = (key: string, values?: Record<string, string | number>) => string;

/** Lets the open dialog of an hcp-event-in node ask whether HikCentral's posts get to the node as it is deployed. */
export function setUpCallbackTest(id: string, translate: Translate): void {
  const button = $("#hcp-event-in-test");
  const result = $("#hcp-event-in-tested");
  const test = async (): Promise<void> => {
    button.prop("disabled", true);
    result.text(translate("callback.running"));
    try {
      result.text(lines(await askRuntime<CallbackReport>("hcp-event-in/test", { id }), translate).join("\n"));
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
