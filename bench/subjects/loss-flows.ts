/** The same way of an event, through core MQTT nodes and through a store: http in → server → delay → file. */

/** When the sender gets its response: at once, as most flows do it, or when mqtt out has the broker's confirmation. */
export type Wiring = "at once" | "when sent";

const z = "tab";
/** The work on an event, seconds. */
const WORK = "0.5";

export function coreMqttFlow(port: number, file: string, response: Wiring): object[] {
  return [
    {
      ...{ id: "broker", type: "mqtt-broker", broker: "127.0.0.1", port: String(port), clientid: "loss" },
      // The broker keeps what arrives while Node-RED is away.
      ...{ cleansession: false, autoUnsubscribe: false, autoConnect: true },
      ...{ protocolVersion: "4", keepalive: "60" },
    },
    ...received("send", response === "at once"),
    { id: "send", z, type: "mqtt out", broker: "broker", topic: "", qos: "1", retain: "false", wires: [] },
    ...(response === "when sent" ? respondedWhenDone("send") : []),
    {
      ...{ id: "take", z, type: "mqtt in", broker: "broker", topic: "load/#", qos: "1", datatype: "json" },
      wires: [["work"]],
    },
    ...handled(file),
  ];
}

export function storeFlow(url: string, file: string): object[] {
  const store = { store: "nats", server: "nats" };
  return [
    { id: "nats", type: "nats-jetstream", servers: url },
    ...received("send", false),
    { id: "send", z, type: "events-out", ...store, wires: [[]] },
    ...respondedWhenDone("send"),
    { id: "take", z, type: "events-in", ...store, consumer: "bench", ackWait: "5", wires: [["work"], []] },
    ...handled(file),
    { id: "handled", z, type: "complete", scope: ["written"], wires: [["take"]] },
  ];
}

function received(next: string, respond: boolean): object[] {
  return [
    { id: z, type: "tab" },
    { id: "http", z, type: "http in", url: "/event", method: "post", wires: [["topic"]] },
    {
      ...{ id: "topic", z, type: "change", wires: [[next, ...(respond ? ["answer"] : [])]] },
      rules: [{ t: "set", p: "topic", pt: "msg", to: '"load/" & payload.channel.id', tot: "jsonata" }],
    },
    { id: "answer", z, type: "http response", statusCode: "200", wires: [] },
  ];
}

function respondedWhenDone(node: string): object[] {
  return [{ id: "done", z, type: "complete", scope: [node], wires: [["answer"]] }];
}

function handled(file: string): object[] {
  return [
    {
      ...{ id: "work", z, type: "delay", pauseType: "delay", timeout: WORK, timeoutUnits: "seconds" },
      wires: [["name"]],
    },
    {
      ...{ id: "name", z, type: "change", wires: [["written"]] },
      rules: [{ t: "set", p: "payload", pt: "msg", to: "payload.id", tot: "msg" }],
    },
    {
      ...{ id: "written", z, type: "file", filename: file, filenameType: "str", appendNewline: true },
      ...{ overwriteFile: "false", encoding: "utf8", wires: [[]] },
    },
  ];
}
