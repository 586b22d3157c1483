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

  it("adds a missing rule by the guide's syntax and lets it raise alarms", async () => {
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

  it("escapes what means something in a regular expression", async () => {
    const name = "Gate (1) a.b* [x] \\ 50%?";
    await ruleOf(name).ensure();
    assert.equal(gateway.genericEvents.matching("tcp", `x ${name} y`).length, 1);
    assert.equal(gateway.genericEvents.matching("tcp", "Gate 1 aXb").length, 0);
  });

  it("uses a rule that exists, also on a later page, and adds none", async () => {
    for (let number = 0; number < 501; number += 1) existing({ generalEventRuleName: `other ${number}` });
    existing({});
    await ruleOf("Gate").ensure();
    assert.equal(calls("generalEventRuleList"), 2);
    assert.equal(calls("add"), 0);
    assert.ok(gateway.genericEvents.alarms.has("502"));
  });

  it("asks once for all who ask at the same time, and not again afterwards", async () => {
    const rule = ruleOf("Gate");
    await Promise.all([rule.ensure(), rule.ensure(), rule.ensure()]);
    await rule.ensure();
    assert.deepEqual([calls("add"), calls("triggerAlarm")], [1, 1]);
  });

  it("is added once when two nodes are deployed at the same time", async () => {
    await Promise.all([ruleOf("Gate").ensure(), ruleOf("Gate").ensure()]);
    assert.equal(gateway.rules.length, 1);
    assert.equal(calls("add"), 1);
  });

  it("is found when somebody else added it in the same moment", async () => {
    const other = new HcpClient({ url: gateway.url, ...credentials });
    const elsewhere = new GenericEventRule({ client: other, name: "Gate", transport: "tcp" });
    await Promise.all([ruleOf("Gate").ensure(), elsewhere.ensure()]);
    assert.equal(gateway.rules.length, 1);
    await other.close();
  });

  it("is looked for anew after a failure, and when told to forget", async () => {
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

  it("takes a rule whose alarm is set up already", async () => {
    existing({});
    gateway.fail({ code: "131" }, 1, "triggerAlarm");
    await ruleOf("Gate").ensure();
    assert.equal(calls("triggerAlarm"), 1);
  });

  it("says when the alarm cannot be set up, and tries again", async () => {
    const rule = ruleOf("Gate");
    gateway.fail({ code: "0x00072201" }, 1, "triggerAlarm");
    await assert.rejects(rule.ensure(), { code: "HCP_FORBIDDEN" });
    await rule.ensure();
    assert.equal(gateway.genericEvents.alarms.size, 1);
  });

  for (const [what, changes, message] of [
    ["listens to the other transport", { transportType: 1 }, /listens to UDP\. Choose UDP/],
    ["wants the whole message to match", { matchType: 1 }, /exactly its text/],
    ["looks for something else", { regularExpression: "door" }, /its own name is not found: door/],
  ] as const) {
    it(`is refused with HCP_CONFLICT when it ${what}`, async () => {
      existing(changes);
      await assert.rejects(ruleOf("Gate").ensure(), { code: "HCP_CONFLICT", message });
      assert.equal(calls("triggerAlarm"), 0);
    });
  }

  it("is refused with HCP_CONFLICT when its expression is in a dialect that cannot be checked", async () => {
    existing({});
    Object.assign(gateway.rules[0] ?? {}, { regularExpression: "(?i)gate" });
    await assert.rejects(ruleOf("Gate").ensure(), {
      code: "HCP_CONFLICT",
      message: /not found: \(\?i\)gate/,
    });
  });

  it("refuses names that HikCentral would not take", () => {
    for (const name of ["", " x", "x".repeat(33), 'a"b', "a\nb"]) {
      assert.throws(() => ruleOf(name), { code: "CONFIG_INVALID" });
    }
  });

  it("reads the answer of a server without rules", async () => {
    gateway.fail({ code: "0" });
    await ruleOf("Gate").ensure();
    assert.equal(gateway.rules.length, 1);
  });
});
