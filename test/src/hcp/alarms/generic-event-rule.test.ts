import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HcpClient } from "../../../../src/hcp/request/client";
import { GenericEventRule, type GenericEventTransport } from "../../../../src/hcp/alarms/generic-event-rule";
import { startHcpGateway, type HcpGateway } from "../../../servers/hcp-gateway";

const credentials = { appKey: "21000003", appSecret: "rule-test-secret" };

describe("GenericEventRule", () => {
  let gateway: HcpGateway;
  let client: HcpClient;
  beforeEach(async () => {
    gateway = await startHcpGateway(credentials);
    client = new HcpClient({ url: gateway.url, ...credentials });
  });
  afterEach(async () => {
    await client.close();
    await gateway.close();
  });

  const ruleOf = (name: string, transport: GenericEventTransport = "tcp"): GenericEventRule =>
    new GenericEventRule({ client, name, transport });
  const calls = (operation: string): number =>
    gateway.requests.filter(({ path }) => path.endsWith(`/${operation}`)).length;
  const existing = (changes: object): void => {
    gateway.genericEvents.add({
      generalEventRuleName: "Gate",
      transportType: 0,
      matchType: 0,
      expression: '"Gate"',
      regularExpression: "Gate",
      ...changes,
    });
  };

  it("adds a missing rule in the guide's syntax and sets up its alarm", async () => {
    await ruleOf("No helmet", "udp").ensure();
    assert.deepEqual(gateway.rules, [
      {
        generalEventRuleIndexCode: "1",
        generalEventRuleName: "No helmet",
        transportType: 1,
        matchType: 0,
        expression: '"No helmet"',
        regularExpression: "No helmet",
      },
    ]);
    assert.deepEqual(gateway.genericEvents.alarms.get("1"), {
      description: "No helmet, sent by Node-RED",
      priority: 1,
    });
  });

  it("escapes characters with a meaning in regular expressions", async () => {
    const name = "Gate (1) a.b* [x] \\ 50%?";
    await ruleOf(name).ensure();
    assert.equal(gateway.genericEvents.matching("tcp", `x ${name} y`).length, 1);
    assert.equal(gateway.genericEvents.matching("tcp", "Gate 1 aXb").length, 0);
  });

  it("uses an existing rule, also on a later page, and adds none", async () => {
    for (let number = 0; number < 501; number += 1) existing({ generalEventRuleName: `other ${number}` });
    existing({});
    await ruleOf("Gate").ensure();
    assert.equal(calls("generalEventRuleList"), 2);
    assert.equal(calls("add"), 0);
    assert.ok(gateway.genericEvents.alarms.has("502"));
  });

  it("sends one request for simultaneous calls, and none afterwards", async () => {
    const rule = ruleOf("Gate");
    await Promise.all([rule.ensure(), rule.ensure(), rule.ensure()]);
    await rule.ensure();
    assert.deepEqual([calls("add"), calls("triggerAlarm")], [1, 1]);
  });

  it("adds the rule once when two nodes are deployed at the same time", async () => {
    await Promise.all([ruleOf("Gate").ensure(), ruleOf("Gate").ensure()]);
    assert.equal(gateway.rules.length, 1);
    assert.equal(calls("add"), 1);
  });

  it("finds the rule when another client adds it at the same moment", async () => {
    const other = new HcpClient({ url: gateway.url, ...credentials });
    const otherRule = new GenericEventRule({ client: other, name: "Gate", transport: "tcp" });
    await Promise.all([ruleOf("Gate").ensure(), otherRule.ensure()]);
    assert.equal(gateway.rules.length, 1);
    await other.close();
  });

  it("looks for the rule again after a failure and after forget", async () => {
    const rule = ruleOf("Gate");
    gateway.fail({ status: 503 });
    await assert.rejects(rule.ensure(), { code: "HCP_BUSY" });
    await rule.ensure();
    assert.equal(calls("triggerAlarm"), 1);
    rule.forget();
    await rule.ensure();
    assert.equal(calls("triggerAlarm"), 2);
    assert.equal(gateway.rules.length, 1);
  });

  it("accepts a rule whose alarm is already set up", async () => {
    existing({});
    gateway.fail({ code: "131" }, 1, "triggerAlarm");
    await ruleOf("Gate").ensure();
    assert.equal(calls("triggerAlarm"), 1);
  });

  it("reports when the alarm cannot be set up, and tries again", async () => {
    const rule = ruleOf("Gate");
    gateway.fail({ code: "0x00072201" }, 1, "triggerAlarm");
    await assert.rejects(rule.ensure(), { code: "HCP_FORBIDDEN" });
    await rule.ensure();
    assert.equal(gateway.genericEvents.alarms.size, 1);
  });

  for (const [what, changes, message] of [
    ["listens to the other transport", { transportType: 1 }, /listens to UDP\. Set the transport to UDP/],
    ["requires an exact match", { matchType: 1 }, /exact match of the text/],
    ["searches another text", { regularExpression: "door" }, /does not match the rule name: door/],
  ] as const) {
    it(`rejects with HCP_CONFLICT when the rule ${what}`, async () => {
      existing(changes);
      await assert.rejects(ruleOf("Gate").ensure(), { code: "HCP_CONFLICT", message });
      assert.equal(calls("triggerAlarm"), 0);
    });
  }

  it("rejects with HCP_CONFLICT when the expression has an unknown dialect", async () => {
    existing({});
    Object.assign(gateway.rules[0] ?? {}, { regularExpression: "(?i)gate" });
    await assert.rejects(ruleOf("Gate").ensure(), {
      code: "HCP_CONFLICT",
      message: /does not match the rule name: \(\?i\)gate/,
    });
  });

  it("rejects names that HikCentral does not accept", () => {
    for (const name of ["", " x", "x".repeat(33), 'a"b', "a\nb"]) {
      assert.throws(() => ruleOf(name), { code: "CONFIG_INVALID" });
    }
  });

  it("reads the response of a server without rules", async () => {
    gateway.fail({ code: "0" });
    await ruleOf("Gate").ensure();
    assert.equal(gateway.rules.length, 1);
  });
});
