import {
  optionalWhole,
  Refusal,
  success,
  text,
  whole,
  type GatewayResponse,
  type Body,
} from "./gateway-response";

export interface Rule {
  generalEventRuleIndexCode: string;
  generalEventRuleName: string;
  /** 0 TCP, 1 UDP */
  transportType: number;
  /** 0 the package contains the text, 1 the package is the text */
  matchType: number;
  expression: string;
  regularExpression: string;
}

/** The alarm that triggerAlarm has set up for a rule. */
export interface AlarmSetup {
  description: string;
  priority: number;
}

const EXPRESSION = /^"[^"]+"( (AND|OR) "[^"]+")*$/;

/** The generic event rules of a server and the operations on them (guide, 5.5.6 to 5.5.10). */
export class GenericEventRules {
  readonly rules: Rule[];
  readonly alarms: Map<string, AlarmSetup>;
  #nextCode: number;

  /** @param before the rules of an earlier server: they outlast a restart */
  constructor(before?: GenericEventRules) {
    this.rules = before?.rules ?? [];
    this.alarms = before?.alarms ?? new Map<string, AlarmSetup>();
    this.#nextCode = Math.max(
      0,
      ...this.rules.map(({ generalEventRuleIndexCode }) => Number(generalEventRuleIndexCode)),
    );
  }

  readonly operations: Readonly<Record<string, (body: Body) => GatewayResponse>> = {
    generalEventRuleList: (body) => this.#list(body),
    "single/add": (body) => this.add(body),
    "single/update": (body) => this.#update(body),
    "single/delete": (body) => this.#delete(body),
    triggerAlarm: (body) => this.#triggerAlarm(body),
  };

  add(body: Body): GatewayResponse {
    const rule = readRule(body);
    this.#refuseDuplicate(rule.generalEventRuleName);
    this.#nextCode += 1;
    this.rules.push({ generalEventRuleIndexCode: String(this.#nextCode), ...rule });
    return success();
  }

  /**
   * Returns the rules that raise an alarm for a data package: rules with an alarm that match its transport and text.
   */
  matching(transport: "tcp" | "udp", packet: string): Rule[] {
    return this.rules.filter(({ generalEventRuleIndexCode, transportType, matchType, regularExpression }) => {
      if (!this.alarms.has(generalEventRuleIndexCode) || transportType !== (transport === "tcp" ? 0 : 1))
        return false;
      return new RegExp(matchType === 1 ? `^(?:${regularExpression})$` : regularExpression).test(packet);
    });
  }

  #list(body: Body): GatewayResponse {
    const pageNo = whole(body, "pageNo", 1, 2147483648);
    const pageSize = whole(body, "pageSize", 1, 500);
    const list = this.rules.slice((pageNo - 1) * pageSize, pageNo * pageSize);
    return success({ total: this.rules.length, pageNo, pageSize, list });
  }

  #update(body: Body): GatewayResponse {
    const old = this.#find(text(body, "generalEventRuleIndexCode", 64));
    const rule = readRule(body);
    if (rule.generalEventRuleName !== old.generalEventRuleName)
      this.#refuseDuplicate(rule.generalEventRuleName);
    Object.assign(old, rule);
    return success();
  }

  #delete(body: Body): GatewayResponse {
    const rule = this.#find(text(body, "generalEventRuleIndexCode", 64));
    this.rules.splice(this.rules.indexOf(rule), 1);
    this.alarms.delete(rule.generalEventRuleIndexCode);
    return success();
  }

  #triggerAlarm(body: Body): GatewayResponse {
    const codes = text(body, "generalEventRuleIndexCodes", 32);
    if (codes.includes(",")) throw new Refusal("0x00072002", "only one rule is supported");
    const description = text(body, "description", 128);
    const priority = whole(body, "alarmPriority", 1, 3);
    optionalWhole(body, "triggerPopupWindows", 0, 1);
    optionalWhole(body, "defaultPlayType", 0, 1);
    const cameras = body.linkCameraList ?? [];
    if (!Array.isArray(cameras)) throw new Refusal("0x00072003", "linkCameraList must be an array");
    for (const camera of cameras as Body[]) text(camera, "cameraIndexCode", 64);
    this.alarms.set(this.#find(codes).generalEventRuleIndexCode, { description, priority });
    return success();
  }

  #find(code: string): Rule {
    const rule = this.rules.find((candidate) => candidate.generalEventRuleIndexCode === code);
    if (rule === undefined) throw new Refusal("128", "The request resource does not exist");
    return rule;
  }

  #refuseDuplicate(name: string): void {
    if (this.rules.some(({ generalEventRuleName }) => generalEventRuleName === name)) {
      throw new Refusal("131", "The request resource already exists");
    }
  }
}

function readRule(body: Body): Omit<Rule, "generalEventRuleIndexCode"> {
  const rule = {
    generalEventRuleName: text(body, "generalEventRuleName", 32),
    transportType: whole(body, "transportType", 0, 1),
    matchType: whole(body, "matchType", 0, 1),
    expression: text(body, "expression", 256),
    regularExpression: text(body, "regularExpression", 256),
  };
  if (!EXPRESSION.test(rule.expression))
    throw new Refusal("0x00072003", 'expression is not like "a" AND "b"');
  try {
    new RegExp(rule.regularExpression);
  } catch {
    throw new Refusal("0x00072003", "regularExpression is not a regular expression");
  }
  return rule;
}
