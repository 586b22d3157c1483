import type { NodeAPI } from "node-red";
import { GenericEventAlarms, openApiAlarms, type AlarmOutput } from "../../src/hcp/alarms/alarm-output";
import { onClose, onInput, reportError } from "../kit/guard";
import { hcpClientOf } from "../hcp/server";
import { booleanOption, choiceOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { showError } from "../kit/status";

interface Config {
  server: string;
  transport: string;
  host: string;
  port: number | string;
  rule: string;
  path: string;
  template: string;
  resend?: boolean | string;
}

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "hcp-alarm-out", ({ node, config, status }) => {
    const client = hcpClientOf(RED, config.server);
    const transport = choiceOption("transport", config.transport, ["tcp", "udp", "openapi"], "tcp");
    const common = { client, rule: textOption(config.rule) ?? "", template: textOption(config.template) };
    let sent = 0;
    let troubled = false;
    const showReady = (): void => {
      troubled = false;
      if (sent === 0) status("ok", "connected");
      else status("ok", "alarms", { n: sent });
    };
    const onProblem = (error: Error): void => {
      showError(status, error);
      // Once for each time of trouble: every attempt to connect anew would fail alike.
      if (!troubled) reportError(node, error);
      troubled = true;
    };

    const output: AlarmOutput =
      transport === "openapi"
        ? openApiAlarms({ ...common, path: textOption(config.path) })
        : new GenericEventAlarms({
            ...common,
            transport,
            host: textOption(config.host),
            port: numberOption("port", config.port, { min: 1, max: 65535, integer: true }),
            resend: booleanOption("resend", config.resend, false),
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
