import { SurveillanceError, toError } from "../../core/errors";
import { DEFAULT_ALARM_PATH, DEFAULT_BODY, DEFAULT_TEXT, DEFAULT_GENERIC_EVENT_PORT } from "../defaults";
import type { HcpClient } from "../request/client";
import type { HcpResponse } from "../request/response";
import { GenericEventRule, type GenericEventTransport } from "./generic-event-rule";
import { TcpSender } from "./tcp-sender";
import { UdpSender } from "./udp-sender";
import { renderJson, renderText } from "./template";

/** Messages that wait for the rule to be made. */
const MAX_WAITING = 100;

/** What became of an alarm: `msg.hcp`. */
export type AlarmReceipt =
  { transport: GenericEventTransport; rule: string; text: string } | ({ transport: "openapi" } & HcpResponse);

/** Takes alarms to HikCentral in one of its ways. */
export interface AlarmOutput {
  /** @param values what the template's fields are looked up in: the message of a flow */
  send: (values: object) => Promise<AlarmReceipt>;
  /** Gives up what is under way. The client stays the caller's. Takes a second at most. */
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
 * @throws {SurveillanceError} CONFIG_INVALID when the template makes no JSON
 */
export function openApiAlarms(options: OpenApiAlarmOptions): AlarmOutput {
  const { client, rule, path = DEFAULT_ALARM_PATH, template = DEFAULT_BODY } = options;
  const closing = new AbortController();
  const render = (values: object): object => renderJson(template, { ...values, rule });
  // Every field may be missing, so a template that makes no JSON now never does.
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
  /** Name of the generic event rule; made when missing. */
  rule: string;
  /** Text with fields; see {@link renderText}. */
  template?: string | undefined;
  /** Over TCP: sends anew what may or may not have arrived; see {@link TcpSender}. Default false. */
  resend?: boolean | undefined;
  /** Told when alarms can be sent, and what keeps them from it. */
  onReady: () => void;
  onProblem: (error: Error) => void;
  /** Of the TCP connection; see {@link TcpSender}. */
  backoffMs?: { min: number; max: number };
  settleMs?: number;
}

/** Sends alarms as generic events over TCP or UDP, and makes the rule by which HikCentral recognises them. */
export class GenericEventAlarms implements AlarmOutput {
  readonly #options: GenericEventAlarmOptions;
  readonly #rule: GenericEventRule;
  readonly #sender: TcpSender | UdpSender;
  #connected: boolean;
  readonly #closing = new AbortController();
  #waiting = 0;

  /**
   * Begins to connect and to look for the rule.
   *
   * @throws {SurveillanceError} CONFIG_INVALID when HikCentral would not take the rule's name
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
              // Whatever ended the connection may have changed the rules as well.
              this.#rule.forget();
              this.#options.onProblem(error);
            },
          });
    this.#lookForRule();
  }

  /**
   * @throws {SurveillanceError} what kept the rule from being made ({@link GenericEventRule.ensure}) or the text from
   *   being sent ({@link TcpSender.send}, {@link UdpSender.send})
   */
  async send(values: object): Promise<AlarmReceipt> {
    const { transport, rule, template = DEFAULT_TEXT } = this.#options;
    const text = alarmText(template, values, rule);
    if (this.#waiting >= MAX_WAITING) {
      throw new SurveillanceError(
        "QUEUE_FULL",
        `${MAX_WAITING} alarms are waiting for the rule "${rule}" already.`,
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

/** One line that holds the rule's name, without which HikCentral would not recognise it. */
function alarmText(template: string, values: object, rule: string): string {
  const text = renderText(template, { ...values, rule })
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  if (text.includes(rule)) return text;
  return text === "" ? rule : `${rule} | ${text}`;
}
