import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  GenericEventAlarms,
  openApiAlarms,
  type AlarmOutput,
  type GenericEventAlarmOptions,
} from "../../../../src/hcp/alarms/alarm-output";
import { HcpClient } from "../../../../src/hcp/request/client";
import { startHcpGateway, type GatewayAlarm, type HcpGateway } from "../../../servers/hcp-gateway";

const credentials = { appKey: "21000004", appSecret: "alarm-test-secret" };
const event = {
  payload: {
    type: "hardHat",
    time: "2026-02-03T04:05:06+01:00",
    device: { name: "gate" },
    channel: { id: "1" },
    targets: [{ label: "head", score: 0.91 }],
    images: [{ kind: "overview", mimeType: "image/jpeg", data: Buffer.alloc(1_000_000) }],
  },
};

describe("alarms to HikCentral", () => {
  let gateway: HcpGateway;
  let client: HcpClient;
  let output: AlarmOutput;
  const states = new EventEmitter<{ ready: []; problem: [Error & { code?: string }] }>();

  const genericEvents = (options: Partial<GenericEventAlarmOptions> = {}): AlarmOutput =>
    (output = new GenericEventAlarms({
      client,
      transport: "tcp",
      port: gateway.tcpPort,
      rule: "No helmet",
      onReady: () => states.emit("ready"),
      onProblem: (error) => states.emit("problem", error),
      backoffMs: { min: 5, max: 20 },
      settleMs: 50,
      ...options,
    }));
  const nextAlarm = async (): Promise<GatewayAlarm> => ((await once(gateway, "alarm")) as [GatewayAlarm])[0];

  beforeEach(async () => {
    gateway = await startHcpGateway(credentials);
    client = new HcpClient({ url: gateway.url, ...credentials, timeout: 2 });
  });
  afterEach(async () => {
    states.removeAllListeners();
    await output.close();
    await client.close();
    await gateway.close();
  });

  for (const transport of ["tcp", "udp"] as const) {
    it(`are raised over ${transport} by a rule that is added at the start`, async () => {
      genericEvents({ transport, port: transport === "tcp" ? gateway.tcpPort : gateway.udpPort });
      await once(states, "ready");
      assert.equal(gateway.rules[0]?.generalEventRuleName, "No helmet");
      const alarm = nextAlarm();
      const receipt = await output.send(event);
      const text = "No helmet | hardHat | head | 0.91 | gate | 1 | 2026-02-03T04:05:06+01:00";
      assert.deepEqual(receipt, { transport, rule: "No helmet", text });
      const raised = await alarm;
      assert.deepEqual([raised.text, raised.rule, raised.transport], [text, "No helmet", transport]);
    });
  }

  it("are one line each, which starts with the rule's name if the template lacks it", async () => {
    genericEvents({ template: "{{payload.note}}" });
    const alarm = nextAlarm();
    await output.send({ payload: { note: "first\r\nsecond\u2028third\t!" } });
    assert.equal((await alarm).text, "No helmet | first second third !");
    const bare = nextAlarm();
    await output.send({});
    assert.equal((await bare).text, "No helmet");
  });

  it("wait for the rule while the gateway is not ready", async () => {
    gateway.fail({ status: 503 }, 1, "generalEventRuleList");
    genericEvents({ transport: "udp", port: gateway.udpPort });
    const [problem] = (await once(states, "problem")) as [Error & { code?: string }];
    assert.equal(problem.code, "HCP_BUSY");
    const alarm = nextAlarm();
    await output.send(event);
    assert.equal((await alarm).rule, "No helmet");
  });

  it("fail while the rule cannot be added", async () => {
    gateway.fail({ code: "0x02401007" }, 2);
    genericEvents({ transport: "udp", port: gateway.udpPort });
    await once(states, "problem");
    gateway.on("alarm", () => assert.fail("sent without a rule"));
    await assert.rejects(output.send(event), { code: "HCP_FORBIDDEN" });
  });

  it("continue after HikCentral was killed and restarted, each exactly once", async () => {
    const raised: string[] = [];
    const watch = ({ text }: GatewayAlarm): number => raised.push(text);
    gateway.on("alarm", watch);
    genericEvents({ template: "{{rule}} {{n}}" });
    await once(states, "ready");
    const first = nextAlarm();
    await output.send({ n: 1 });
    await first;

    const { port, tcpPort, udpPort } = gateway;
    const lost = once(states, "problem");
    await gateway.close();
    await lost;
    await assert.rejects(output.send({ n: 2 }), { code: "CONNECTION_REFUSED" });

    const ready = once(states, "ready");
    gateway = await startHcpGateway({ ...credentials, port, tcpPort, udpPort, restartOf: gateway });
    gateway.on("alarm", watch);
    await ready;
    const third = nextAlarm();
    await output.send({ n: 3 });
    await third;
    assert.deepEqual(raised, ["No helmet 1", "No helmet 3"]);
    assert.equal(gateway.rules.length, 1);
  });

  it("look for the rule again after a lost connection, because it may have been deleted", async () => {
    genericEvents();
    await once(states, "ready");
    gateway.genericEvents.rules.length = 0;
    const ready = once(states, "ready");
    gateway.resetGenericEventConnections();
    await ready;
    assert.equal(gateway.rules.length, 1);
  });

  it("are cancelled by close", async () => {
    const { tcpPort } = gateway;
    gateway.fail("hang", 5, "generalEventRuleList");
    genericEvents({ port: tcpPort });
    const pending = output.send(event);
    await output.close();
    await assert.rejects(pending, { code: "CLOSED" });
  });

  it("are limited while the rule is being added", async () => {
    gateway.fail("hang", 5);
    genericEvents();
    const waiting = Array.from({ length: 100 }, () => output.send(event));
    await assert.rejects(output.send(event), { code: "QUEUE_FULL" });
    await client.close();
    for (const alarm of waiting) await assert.rejects(alarm, { code: "CLOSED" });
  });

  describe("by the OpenAPI", () => {
    it("are posted as a JSON body to a path", async () => {
      output = openApiAlarms({ client, rule: "No helmet" });
      const alarm = nextAlarm();
      const receipt = await output.send(event);
      assert.equal(receipt.transport, "openapi");
      assert.deepEqual(JSON.parse((await alarm).text), {
        alarmType: "No helmet",
        cameraID: "gate",
        channelID: "1",
        timestamp: "2026-02-03T04:05:06+01:00",
        description: "hardHat head",
      });
    });

    it("escape the values of the event", async () => {
      output = openApiAlarms({
        client,
        rule: "r",
        template: '{"alarmType":"{{rule}}","text":"{{payload}}"}',
      });
      const alarm = nextAlarm();
      await output.send({ payload: 'a "quote"\n' });
      assert.deepEqual(JSON.parse((await alarm).text), { alarmType: "r", text: 'a "quote"\n' });
    });

    it("fail with the gateway's code if the server has no such path", async () => {
      output = openApiAlarms({ client, rule: "r", path: "/api/v9/none" });
      await assert.rejects(output.send(event), { code: "HCP_NOT_FOUND", gatewayCode: "8" });
    });

    it("reject a template that does not produce JSON at the start", () => {
      output = openApiAlarms({ client, rule: "r" });
      assert.throws(() => openApiAlarms({ client, rule: "r", template: "{{rule}} | text" }), {
        code: "CONFIG_INVALID",
      });
    });
  });
});
