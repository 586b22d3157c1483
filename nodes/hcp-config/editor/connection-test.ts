import type { ConnectionReport } from "../../../src/hcp/diagnosis/reports";
import type { OpenServer } from "../../hcp/admin-data";
import { askRuntime } from "../../kit/editor/runtime";

type Translate = (key: string, values?: Record<string, string | number>) => string;

/** Sets up the connection test in the open dialog of an hcp-config node. It uses the entered settings. */
export function setUpConnectionTest(server: () => OpenServer, translate: Translate): void {
  const button = $("#hcp-config-test");
  const result = $("#hcp-config-tested");
  const show = (isGood: boolean, lines: readonly string[]): void => {
    const icon = $("<i>").addClass(isGood ? "fa fa-check-circle" : "fa fa-exclamation-triangle");
    const colour = isGood ? "var(--red-ui-text-color-success)" : "var(--red-ui-text-color-error)";
    result.empty().append(icon.css("color", colour), " ", document.createTextNode(lines.join("\n")));
  };
  const test = async (): Promise<void> => {
    button.prop("disabled", true);
    result.text(translate("test.running"));
    try {
      const report = await askRuntime<ConnectionReport>("hcp-config/test", { server: server() });
      show(report.ok, lines(report, translate));
    } catch (error) {
      show(false, [error instanceof Error ? error.message : String(error)]);
    }
    button.prop("disabled", false);
  };
  button.on("click", () => void test());
}

function lines(report: ConnectionReport, translate: Translate): string[] {
  if (!report.ok) return [translate(`test.${report.problem}`), report.message];
  const { product, version, durationMs, clockAheadSeconds: ahead = 0 } = report;
  const result = translate("test.ok", { product, version, ms: durationMs });
  if (ahead === 0) return [result];
  return [result, translate(ahead > 0 ? "test.ahead" : "test.behind", { seconds: Math.abs(ahead) })];
}
