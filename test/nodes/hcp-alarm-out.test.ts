import assert from "node:assert/strict";
import { once } from "node:events";
import type { Node, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import hcpAlarmOut from "../../nodes/hcp-alarm-out/runtime";
import { startHcpGateway, type GatewayAlarm, type HcpGateway } from "../servers/hcp-gateway";
import { wireHcpNode } from "../support/hcp-node";
import { assertNoSecrets, errorsOf, statusesOf, untilShown } from "../support/node-output";
import type { CaughtMessage, WiredNode } from "../support/wired-node";

type SentMessage = NodeMessage & { hcp: object };

const credentials = { appKey: "21000006", appSecret: "alarm-node-secret" };
const image = Buffer.alloc(100_000);
const event = () => ({
  topic: "detection/gate/1/hardHat",
  payload: {
    source: "detection",
    type: "hardHat",
    state: "start",
    time: "2026-02-03T04:05:06+01:00",
    device: { name: "gate" },
    channel: { id: "1" },
    targets: [{ label: "no_helmet", score: 0.9 }],
    images: [{ kind: "overview", mimeType: "image/jpeg", data: image }],
  },
});
const text = "No helmet | hardHat | no_helmet | 0.9 | gate | 1 | 2026-02-03T04:05:06+01:00";

describe("the hcp-alarm-out node", () => {
  let gateway: HcpGateway;
  beforeEach(async () => {
    gateway = await startHcpGateway(credentials);
  });
  afterEach(async () => {
    await helper.unload();
    await gateway.close();
  });

  const wire = (
    config: object = {},
    server: object = {},
    secrets: object = credentials,
  ): Promise<WiredNode<SentMessage>> =>
    wireHcpNode(
      hcpAlarmOut,
      { type: "hcp-alarm-out", rule: "No helmet", port: gateway.tcpPort, ...config },
      { url: gateway.url, timeout: "2", ...server },
      secrets,
    );
  const nextAlarm = async (): Promise<GatewayAlarm> => ((await once(gateway, "alarm")) as [GatewayAlarm])[0];

  it("adds its rule when deployed, raises an alarm over TCP and sends the message on", async () => {
    const { node, handle, received } = await wire();
    await untilShown(node, "status.connected");
    assert.equal(gateway.rules[0]?.generalEventRuleName, "No helmet");
    const alarm = nextAlarm();
    assert.equal(await handle(event()), undefined);
    assert.equal((await alarm).text, text);
    const [msg] = received;
    assert.deepEqual(msg?.hcp, { transport: "tcp", rule: "No helmet", text });
    assert.equal(
      (msg.payload as ReturnType<typeof event>["payload"]).images[0]?.data,
      image,
      "the same Buffer",
    );
    assert.equal(statusesOf(node).at(-1), "status.alarms");
  });

  it("raises alarms over UDP", async () => {
    const { node, handle } = await wire({ transport: "udp", port: String(gateway.udpPort) });
    await untilShown(node, "status.connected");
    const alarm = nextAlarm();
    await handle(event());
    assert.deepEqual({ ...(await alarm), time: "" }, { time: "", transport: "udp", text, rule: "No helmet" });
  });

  it("posts alarms to a path of the OpenAPI", async () => {
    const template =
      '{"alarmType": "{{rule}}", "text": "{{payload.type}}", "score": {{payload.targets.0.score}}}';
    const { handle, received } = await wire({
      transport: "openapi",
      path: "/artemis/api/v1/alarms",
      template,
    });
    const alarm = nextAlarm();
    await handle(event());
    assert.deepEqual(JSON.parse((await alarm).text), { alarmType: "No helmet", text: "hardHat", score: 0.9 });
    const { code, path, transport } = received[0]?.hcp as Record<string, unknown>;
    assert.deepEqual([code, path, transport], ["0", "/artemis/api/v1/alarms", "openapi"]);
  });

  it("uses its template for every message", async () => {
    const { handle } = await wire({ template: "{{topic}}: {{payload}}" });
    const alarm = nextAlarm();
    await handle({ topic: "machine", payload: 42 });
    assert.equal((await alarm).text, "No helmet | machine: 42");
  });

  it("adds one rule for two nodes that share it", async () => {
    const { node } = await wireHcpNode(
      hcpAlarmOut,
      { type: "hcp-alarm-out", rule: "Shared", port: gateway.tcpPort },
      { url: gateway.url },
      credentials,
      {
        nodes: [
          {
            id: "twin",
            z: "tab",
            type: "hcp-alarm-out",
            server: "server",
            rule: "Shared",
            port: gateway.tcpPort,
          },
        ],
      },
    );
    await Promise.all([
      untilShown(node, "status.connected"),
      untilShown(helper.getNode("twin"), "status.connected"),
    ]);
    assert.equal(gateway.rules.length, 1);
  });

  it("reports and shows a failure once, recovers with HikCentral, and raises each alarm once", async () => {
    const { node, handle } = await wire();
    const raised: string[] = [];
    gateway.on("alarm", (alarm) => raised.push(alarm.text));
    await untilShown(node, "status.connected");
    const first = nextAlarm();
    await handle({ payload: { type: "one" } });
    await first;

    const { port, tcpPort, udpPort } = gateway;
    const failure = new Promise<CaughtMessage>((resolve) => {
      helper.getNode("ended").once("input", (msg) => {
        resolve(msg as CaughtMessage);
      });
    });
    await gateway.close();
    assert.equal((await failure).error.source.type, "hcp-alarm-out");
    await untilShown(node, "status.error.CONNECTION_REFUSED");
    assert.equal(errorsOf(node).length, 1);

    gateway = await startHcpGateway({ ...credentials, port, tcpPort, udpPort, restartOf: gateway });
    gateway.on("alarm", (alarm) => raised.push(alarm.text));
    await untilShown(node, "status.alarms");
    const second = nextAlarm();
    await handle({ payload: { type: "two" } });
    await second;
    assert.deepEqual(
      raised.map((line) => line.split(" | ")[1]),
      ["one", "two"],
    );
  });

  describe("over a connection that breaks", () => {
    /**
     * Returns the results of messages: the code of an error, or "done"; without errors of the connection itself, which
     * have no message.
     */
    const ends = (): string[] => {
      const outcomes: string[] = [];
      helper.getNode("ended").on("input", (msg) => {
        const { error } = msg as Partial<CaughtMessage>;
        if (msg.payload !== undefined) outcomes.push(error?.code ?? "done");
      });
      return outcomes;
    };
    /** Sends an alarm to the node, and breaks the connection when HikCentral has received it. */
    async function raiseAndBreak(node: Node): Promise<void> {
      const alarm = nextAlarm();
      node.receive(event());
      await alarm;
      gateway.resetGenericEventConnections();
      await untilShown(node, "status.error.HCP_ALARM_UNCERTAIN");
    }

    it("sends an uncertain alarm to Catch nodes once, and not to its output", async () => {
      const { node, received } = await wire();
      await untilShown(node, "status.connected");
      const outcomes = ends();
      await raiseAndBreak(node);
      await untilShown(node, "status.connected");
      assert.deepEqual([outcomes, received.length], [["HCP_ALARM_UNCERTAIN"], 0]);
    });

    it("sends an uncertain alarm again if resend is set", async () => {
      const { node, received } = await wire({ resend: true });
      await untilShown(node, "status.connected");
      const raised: string[] = [];
      gateway.on("alarm", (alarm) => raised.push(alarm.text));
      const alarm = nextAlarm();
      node.receive(event());
      await alarm;
      const passedOn = once(helper.getNode("out"), "input");
      gateway.resetGenericEventConnections();
      await passedOn;
      assert.deepEqual([raised, received.length], [[text, text], 1]);
    });

    it("reports alarms as sent that HikCentral had read when the node closed, each once", async () => {
      const { node } = await wire();
      await untilShown(node, "status.connected");
      const outcomes = ends();
      for (const type of ["one", "two"]) {
        const alarm = nextAlarm();
        node.receive({ payload: { type } });
        await alarm;
      }
      await (node as unknown as { close(removed: boolean): Promise<void> }).close(false);
      while (outcomes.length < 2) await once(helper.getNode("ended"), "input");
      assert.deepEqual(outcomes, ["done", "done"]);
    });
  });

  it("sends a failed alarm to Catch nodes with its code", async () => {
    const { handle, received } = await wire({ transport: "openapi", path: "/api/v9/none" });
    const error = await handle(event());
    assert.equal(error?.code, "HCP_NOT_FOUND");
    assert.equal(received.length, 0);
  });

  it("reports wrong settings", async () => {
    for (const config of [
      { rule: "" },
      { rule: "x".repeat(33) },
      { port: "many" },
      { transport: "pigeon" },
      { transport: "openapi", template: "no JSON" },
      { server: "none" },
    ]) {
      const { node, handle } = await wire(config);
      assert.equal((await handle(event()))?.code, "CONFIG_INVALID");
      assert.equal(statusesOf(node).at(-1), "status.error.CONFIG_INVALID");
      await helper.unload();
    }
  });

  it("shows no keys or secrets", async () => {
    const secret = "not-the-right-secret";
    const { node, handle } = await wire({}, {}, { ...credentials, appSecret: secret });
    assert.equal((await handle(event()))?.code, "HCP_SIGNATURE");
    assertNoSecrets(node, [secret, credentials.appSecret, credentials.appKey]);
  });

  it("works with settings from the environment", async () => {
    Object.assign(process.env, {
      ALARM_RULE: "From env",
      ALARM_PORT: String(gateway.tcpPort),
      ALARM_HOST: "127.0.0.1",
    });
    const { handle } = await wire({ rule: "${ALARM_RULE}", port: "${ALARM_PORT}", host: "${ALARM_HOST}" });
    const alarm = nextAlarm();
    await handle(event());
    assert.equal((await alarm).rule, "From env");
    for (const name of ["ALARM_RULE", "ALARM_PORT", "ALARM_HOST"]) Reflect.deleteProperty(process.env, name);
  });

  it("cancels pending alarms when it is closed", async () => {
    gateway.fail("hang", 10);
    const { node } = await wire();
    node.receive(event());
    await once(gateway, "request");
    const hungUp = once(gateway, "hungUp");
    await helper.clearFlows();
    await hungUp;
  });
});
