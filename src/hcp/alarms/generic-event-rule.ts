import { SurveillanceError } from "../../core/errors";
import { Serial } from "../../core/serial";
import type { HcpClient } from "../request/client";
import type { HcpResponse } from "../request/response";
import { HcpError } from "../request/hcp-error";

export type GenericEventTransport = "tcp" | "udp";

export interface GenericEventRuleOptions {
  client: Pick<HcpClient, "request">;
  /**
   * The name of the rule, which is also the text by which it recognises a message. At most 32 characters (guide,
   * 5.5.7).
   */
  name: string;
  transport: GenericEventTransport;
  /** Cancels pending requests. */
  signal?: AbortSignal;
}

/** The fields of the guide's GeneralEventRule (A.1.26) that decide whether it accepts our messages. */
interface ListedRule {
  generalEventRuleIndexCode?: unknown;
  generalEventRuleName?: unknown;
  transportType?: unknown;
  matchType?: unknown;
  regularExpression?: unknown;
}

const OPERATIONS = "/api/eventService/v1/generalEventRule";
const PAGE_SIZE = 500;
/** 50,000 rules. Only a gateway that never ends its list has more. */
const MAX_PAGES = 100;
const MAX_NAME = 32;
const MAX_DESCRIPTION = 128;
const TRANSPORT_TYPES = { tcp: 0, udp: 1 } as const;
const SEARCH = 0;
const HIGH_PRIORITY = 1;
const ALREADY_EXISTS = "131";

/** The pending work on each rule of a server, by name: two nodes with the same rule must not both add it. */
const underWay = new WeakMap<object, Map<string, Serial>>();

/**
 * A generic event rule: HikCentral raises an alarm for every message on its generic event port that contains the name
 * of the rule. A missing rule is added (guide, 4.4).
 */
export class GenericEventRule {
  readonly #options: GenericEventRuleOptions;
  #ensured: Promise<void> | undefined;

  /** @throws {SurveillanceError} CONFIG_INVALID if HikCentral does not accept the name */
  constructor(options: GenericEventRuleOptions) {
    const { name } = options;
    // A quotation mark would end the expression, and a message is one line.
    if (name.trim() !== name || name === "" || name.length > MAX_NAME || /["\p{Cc}]/u.test(name)) {
      throw new SurveillanceError(
        "CONFIG_INVALID",
        `The rule name must have 1 to ${MAX_NAME} characters, no quotation marks and no spaces at either end.`,
      );
    }
    this.#options = options;
  }

  /**
   * Makes sure that the rule exists, fits, and raises alarms. Sends the requests once, and again after a failure or
   * {@link forget}.
   *
   * @throws {SurveillanceError} HCP_CONFLICT if a rule of that name does not accept our messages; all errors of
   *   {@link HcpClient.request}
   */
  ensure(): Promise<void> {
    this.#ensured ??= this.#inTurn().catch((error: unknown) => {
      this.#ensured = undefined;
      throw error;
    });
    return this.#ensured;
  }

  /** Makes the next {@link ensure} send its requests again: HikCentral may have restarted, or its rules may have changed. */
  forget(): void {
    this.#ensured = undefined;
  }

  /** Runs one after the other for each name, so that the second finds the rule that the first has added. */
  async #inTurn(): Promise<void> {
    const { client, name } = this.#options;
    const rules = underWay.get(client) ?? new Map<string, Serial>();
    underWay.set(client, rules);
    const turns = rules.get(name) ?? new Serial();
    rules.set(name, turns);
    try {
      await turns.run(() => this.#establish());
    } finally {
      if (turns.size === 0) rules.delete(name);
    }
  }

  async #establish(): Promise<void> {
    const found = (await this.#find()) ?? (await this.#add());
    this.#check(found);
    await this.#triggerAlarm(String(found.generalEventRuleIndexCode));
  }

  async #find(): Promise<ListedRule | undefined> {
    const { name } = this.#options;
    let seen = 0;
    for (let pageNo = 1; pageNo <= MAX_PAGES; pageNo += 1) {
      const { data } = await this.#call("generalEventRuleList", {
        pageNo,
        pageSize: PAGE_SIZE,
      });
      const { list, total } = pageOf(data);
      const found = list.find(({ generalEventRuleName }) => generalEventRuleName === name);
      if (found !== undefined) return found;
      seen += list.length;
      // Some servers send smaller pages than requested. If there is a total, it decides.
      if (list.length === 0 || (total === undefined ? list.length < PAGE_SIZE : seen >= total)) break;
    }
    return undefined;
  }

  /** Adds the rule and finds it in the list, because the response does not contain its id. */
  async #add(): Promise<ListedRule> {
    const { name, transport } = this.#options;
    try {
      await this.#call("single/add", {
        generalEventRuleName: name,
        transportType: TRANSPORT_TYPES[transport],
        matchType: SEARCH,
        expression: `"${name}"`,
        regularExpression: escapeRegExp(name),
      });
    } catch (error) {
      // Another client, such as another Node-RED, has added the rule in the meantime.
      if (!isAlreadyThere(error)) throw error;
    }
    const added = await this.#find();
    if (added !== undefined) return added;
    throw new SurveillanceError(
      "HCP_NOT_FOUND",
      `HikCentral does not list the rule "${name}" after it was added.`,
      {
        advice: "Check that the partner's user has permission to view generic events.",
      },
    );
  }

  #check({ transportType, matchType, regularExpression }: ListedRule): void {
    const { name, transport } = this.#options;
    const conflict = (what: string, advice: string): SurveillanceError =>
      new SurveillanceError("HCP_CONFLICT", `HikCentral's generic event rule "${name}" ${what}.`, { advice });
    if (Number(transportType) !== TRANSPORT_TYPES[transport]) {
      const other = transport === "tcp" ? "UDP" : "TCP";
      throw conflict(`listens to ${other}`, `Set the transport to ${other}, or use another rule name.`);
    }
    if (Number(matchType) !== SEARCH) {
      throw conflict(
        "requires an exact match of the text",
        "In HikCentral, set the rule to search, or use another rule name.",
      );
    }
    if (!finds(regularExpression, name)) {
      throw conflict(
        `has an expression that does not match the rule name: ${String(regularExpression)}`,
        "Edit the rule in HikCentral, or use another rule name.",
      );
    }
  }

  async #triggerAlarm(id: string): Promise<void> {
    const { name } = this.#options;
    try {
      await this.#call("triggerAlarm", {
        generalEventRuleIndexCodes: id,
        description: `${name}, sent by Node-RED`.slice(0, MAX_DESCRIPTION),
        alarmPriority: HIGH_PRIORITY,
      });
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
  }

  #call(operation: string, body: object): Promise<HcpResponse> {
    const { client, signal } = this.#options;
    return client.request(`${OPERATIONS}/${operation}`, body, { signal });
  }
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof HcpError && error.gatewayCode === ALREADY_EXISTS;
}

/** Reads a page of the list. A server without rules sends an empty text or null instead of the page. */
function pageOf(data: unknown): { list: ListedRule[]; total: number | undefined } {
  const { list, total } = (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
  const rules: unknown[] = Array.isArray(list) ? list : [];
  return {
    list: rules.filter((rule): rule is ListedRule => typeof rule === "object" && rule !== null),
    total: typeof total === "number" ? total : undefined,
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/**
 * Tells whether an expression of HikCentral finds a text. Returns false for an expression that JavaScript cannot parse.
 */
function finds(regularExpression: unknown, text: string): boolean {
  try {
    return typeof regularExpression === "string" && new RegExp(regularExpression).test(text);
  } catch {
    return false;
  }
}
