import { SurveillanceError, toError } from "../../core/errors";
import { DEFAULT_ALARM_PATH, DEFAULT_BODY, DEFAULT_TEXT, DEFAULT_GENERIC_EVENT_PORT } from "../defaults";
import type { HcpClient } from "../request/client";
import type { HcpResponse } from "../request/response";
import { GenericEventRule, type GenericEventTransport } from "./generic-event-rule";
import { TcpSender } from "./tcp-sender";
import { UdpSender } from "./udp-sender";
import { renderJson, renderText } from "./template";

/** The most messages that wait until the rule exists. */
const MAX_WAITING = 100;

/** The result of sending an alarm: `msg.hcp`. */
export type AlarmReceipt =
  { transport: GenericEventTransport; rule: string; text: string } | ({ transport: "openapi" } & HcpResponse);

/** Sends alarms to HikCentral by one of its transports. */
export interface AlarmOutput {
  /** @param values the message of a flow, from which the fields of the template are filled */
  send: (values: object) => Promise<AlarmReceipt>;
  /** Cancels pending alarms, within a second. The client stays open: the caller closes it. */
  close: () => Promise<void>;
}

export interface OpenApiAlarmOptions {
  client: Pick<HcpClient, "request">;
  rule: string;
  path?: string | undefined;
  /** JSON with fields; see {@link renderJson}. */
  template?: string | undefined;
}

/**
 * Posts alarms to a path of the OpenAPI gateway.
 *
 * @throws {SurveillanceError} CONFIG_INVALID if the template does not produce a JSON object
 */
export function openApiAlarms(options: OpenApiAlarmOptions): AlarmOutput {
  const { client, rule, path = DEFAULT_ALARM_PATH, template = DEFAULT_BODY } = options;
  const closing = new AbortController();
  const render = (values: object): object => renderJson(template, { ...values, rule });
  // Every field may be missing, so a template that fails without values is wrong.
  render({});
  return {
    send: async (values) => ({
      transport: "openapi",
      ...(await client.request(path, render(values), { signal: closing.signal, changes: true })),
    }),
    close: () => {
      closing.abort();
      return Promise.resolve();
    },
  };
}

export interface GenericEventAlarmOptions {
  client: Pick<HcpClient, "request" | "host" | "timeout">;
  transport: GenericEventTransport;
  /** Default: the host of the client's server. */
  host?: string | undefined;
  port?: number | undefined;
  /** Name of the generic event rule. A missing rule is added. */
  rule: string;
  /** Text with fields; see {@link renderText}. */
  template?: string | undefined;
  /** Over TCP: sends alarms again that may not have arrived; see {@link TcpSender}. Default false. */
  resend?: boolean | undefined;
  /** Called when alarms can be sent. */
  onReady: () => void;
  /** Called with the reason when alarms cannot be sent. */
  onProblem: (error: Error) => void;
  /** Of the TCP connection; see {@link TcpSender}. */
  backoffMs?: { min: number; max: number };
  settleMs?: number;
}

/** Sends alarms as generic events over TCP or UDP, and adds the rule by which HikCentral recognises them. */
export class GenericEventAlarms implements AlarmOutput {
  readonly #options: GenericEventAlarmOptions;
  readonly #rule: GenericEventRule;
  readonly #sender: TcpSender | UdpSender;
  #connected: boolean;
  readonly #closing = new AbortController();
  #waiting = 0;

  /**
   * Starts to connect and to look for the rule.
   *
   * @throws {SurveillanceError} CONFIG_INVALID if HikCentral does not accept the name of the rule
   */
  constructor(options: GenericEventAlarmOptions) {
    const { client, transport, rule, host = client.host, port = DEFAULT_GENERIC_EVENT_PORT } = options;
    const { resend, settleMs, backoffMs } = options;
    this.#options = options;
    this.#rule = new GenericEventRule({ client, transport, name: rule, signal: this.#closing.signal });
    this.#connected = transport === "udp";
    this.#sender =
      transport === "udp"
        ? new UdpSender({ host, port })
        : new TcpSender({
            host,
            port,
            timeoutMs: client.timeout * 1000,
            ...{ resend, settleMs, backoffMs },
            onConnected: () => {
              this.#connected = true;
              this.#lookForRule();
            },
            onDisconnected: (error) => {
              this.#connected = false;
              // A restart of HikCentral also ends the connection, and its rules may have changed.
              this.#rule.forget();
              this.#options.onProblem(error);
            },
          });
    this.#lookForRule();
  }

  /**
   * @throws {SurveillanceError} the errors of {@link GenericEventRule.ensure}, {@link TcpSender.send} and
   *   {@link UdpSender.send}
   */
  async send(values: object): Promise<AlarmReceipt> {
    const { transport, rule, template = DEFAULT_TEXT } = this.#options;
    const text = alarmText(template, values, rule);
    if (this.#waiting >= MAX_WAITING) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `The queue of the rule "${rule}" is full (${MAX_WAITING} alarms).`,
      );
    }
    this.#waiting += 1;
    try {
      await this.#rule.ensure();
    } finally {
      this.#waiting -= 1;
    }
    await this.#sender.send(text);
    return { transport, rule, text };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#sender.close();
  }

  #lookForRule(): void {
    this.#rule.ensure().then(
      () => {
        if (this.#connected && !this.#closing.signal.aborted) this.#options.onReady();
      },
      (thrown: unknown) => {
        if (!this.#closing.signal.aborted) this.#options.onProblem(toError(thrown));
      },
    );
  }
}

/** Returns one line that contains the name of the rule, because HikCentral recognises the alarm by it. */
function alarmText(template: string, values: object, rule: string): string {
  const text = renderText(template, { ...values, rule })
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  if (text.includes(rule)) return text;
  return text === "" ? rule : `${rule} | ${text}`;
}
