import { SurveillanceError } from "../../core/errors";
import { Serial } from "../../core/serial";
import type { HcpClient } from "../request/client";
import type { HcpResponse } from "../request/response";
import { HcpError } from "../request/hcp-error";

export type GenericEventTransport = "tcp" | "udp";

export interface GenericEventRuleOptions {
  client: Pick<HcpClient, "request">;
  /** Of the rule, and the text by which it recognises a message. At most 32 characters (guide, 5.5.7). */
  name: string;
  transport: GenericEventTransport;
  /** Gives up what is under way. */
  signal?: AbortSignal;
}

/** The fields of the guide's GeneralEventRule (A.1.26) that decide whether it takes our messages. */
interface ListedRule {
  generalEventRuleIndexCode?: unknown;
  generalEventRuleName?: unknown;
  transportType?: unknown;
  matchType?: unknown;
  regularExpression?: unknown;
}

const OPERATIONS = "/api/eventService/v1/generalEventRule";
const PAGE_SIZE = 500;
/** 50,000 rules: only a gateway that never ends its list has more. */
const MAX_PAGES = 100;
const MAX_NAME = 32;
const MAX_DESCRIPTION = 128;
const TRANSPORT_TYPES = { tcp: 0, udp: 1 } as const;
const SEARCH = 0;
const HIGH_PRIORITY = 1;
const ALREADY_EXISTS = "131";

/** The work on each rule of a server, by the rule's name: two nodes with the same rule must not both add it. */
const underWay = new WeakMap<object, Map<string, Serial>>();

/**
 * A generic event rule: HikCentral raises an alarm for every message on its generic event port in which it finds the
 * rule's name. Made where it is missing (guide, 4.4).
 */
export class GenericEventRule {
  readonly #options: GenericEventRuleOptions;
  #ensured: Promise<void> | undefined;

  /** @throws {SurveillanceError} CONFIG_INVALID when HikCentral would not take the name */
  constructor(options: GenericEventRuleOptions) {
    const { name } = options;
    // A quotation mark would end the expression, and a message is one line.
    if (name.trim() !== name || name === "" || name.length > MAX_NAME || /["\p{Cc}]/u.test(name)) {
      throw new SurveillanceError(
        "CONFIG_INVALID",
        `The rule's name must have 1 to ${MAX_NAME} characters, without quotation marks and surrounding blanks.`,
      );
    }
    this.#options = options;
  }

  /**
   * Makes sure that the rule exists, fits, and raises alarms. Asks HikCentral once; again after a failure and after
   * {@link forget}.
   *
   * @throws {SurveillanceError} HCP_CONFLICT when a rule of that name would not take our messages, and all that
   *   {@link HcpClient.request} throws
   */
  ensure(): Promise<void> {
    this.#ensured ??= this.#inTurn().catch((error: unknown) => {
      this.#ensured = undefined;
      throw error;
    });
    return this.#ensured;
  }

  /** Makes the next {@link ensure} ask anew: HikCentral may have been restarted, or its rules edited. */
  forget(): void {
    this.#ensured = undefined;
  }

  /** One after the other for each name: the second finds what the first has added. */
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
      // Some servers send fewer than were asked for; the total, where given, decides.
      if (list.length === 0 || (total === undefined ? list.length < PAGE_SIZE : seen >= total)) break;
    }
    return undefined;
  }

  /** Adds the rule and finds it again, as the answer does not tell its id. */
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
      // Somebody else, another Node-RED perhaps, was faster.
      if (!isAlreadyThere(error)) throw error;
    }
    const added = await this.#find();
    if (added !== undefined) return added;
    throw new SurveillanceError(
      "HCP_NOT_FOUND",
      `HikCentral does not list the rule "${name}" after adding it.`,
      {
        advice: "Check that the partner's user may see generic events.",
      },
    );
  }

  #check({ transportType, matchType, regularExpression }: ListedRule): void {
    const { name, transport } = this.#options;
    const conflict = (what: string, advice: string): SurveillanceError =>
      new SurveillanceError("HCP_CONFLICT", `HikCentral's generic event rule "${name}" ${what}.`, { advice });
    if (Number(transportType) !== TRANSPORT_TYPES[transport]) {
      const other = transport === "tcp" ? "UDP" : "TCP";
      throw conflict(`listens to ${other}`, `Choose ${other} as transport, or another rule name.`);
    }
    if (Number(matchType) !== SEARCH) {
      throw conflict(
        "only takes messages that are exactly its text",
        "Set it to search, or choose another rule name.",
      );
    }
    if (!finds(regularExpression, name)) {
      throw conflict(
        `has an expression in which its own name is not found: ${String(regularExpression)}`,
        "Edit the rule in HikCentral, or choose another rule name.",
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

/** A server without rules sends an empty text or null in place of the page. */
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

/** Whether an expression of HikCentral's finds a text; one that cannot be read here counts as not. */
function finds(regularExpression: unknown, text: string): boolean {
  try {
    return typeof regularExpression === "string" && new RegExp(regularExpression).test(text);
  } catch {
    return false;
  }
}
