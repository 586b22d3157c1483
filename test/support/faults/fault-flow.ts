import type { Bench, FlowNode, Rig } from "./rig";

/** Node-RED takes an id that is a value of another node, such as its type, for a reference. */
export const PREFIX = "rig-";
/** The tab of all nodes at work, and the tab with their counterpart in the flow. */
const TAB = { id: "tab", type: "tab", label: "Faults" };

/**
 * Returns a flow with all rigs. A function node receives messages for them as datagrams, and sends what they send, their
 * errors and their statuses as datagrams: neither needs a new connection, so no fault changes what the test sees.
 */
export function faultFlow(
  rigs: readonly Rig[],
  bench: (rig: Rig) => Bench,
  ports: { stimuli: number; reports: number },
): FlowNode[] {
  const outputs = rigs.map(({ type, entry = `${PREFIX}${type}` }) => [entry]);
  return [
    TAB,
    ...rigs.flatMap((rig) => rig.nodes(bench(rig)).map((node) => placed(node, rig))),
    ...rigs.map(({ type }) => report(`out-${type}`, OUT(type))),
    { id: "catcher", type: "catch", z: "tab", scope: null, uncaught: false, wires: [["errors"]] },
    report("errors", ERRORS),
    { id: "watcher", type: "status", z: "tab", scope: null, wires: [["statuses"]] },
    report("statuses", STATUSES),
    {
      ...{ id: "line", type: "function", z: "tab", outputs: outputs.length, wires: outputs },
      libs: [{ var: "dgram", module: "dgram" }],
      initialize: initialize(rigs, ports),
      finalize: 'context.get("socket")?.close();',
      func: `context.get("socket")?.send(msg.line, ${ports.reports}, "127.0.0.1");`,
    },
  ];
}

function placed(node: FlowNode, rig: Rig): FlowNode {
  if (node.id !== rig.type) return node;
  const behind = [`out-${rig.type}`, ...(rig.behind ?? [])];
  // The second output of rtsp-frames has the recordings, that of events-in what it gave up.
  return {
    ...node,
    id: `${PREFIX}${rig.type}`,
    z: "tab",
    wires: /^(rtsp-|events-in)/.test(rig.type) ? [behind, []] : [behind],
  };
}

function report(id: string, func: string): FlowNode {
  return { id, type: "function", z: "tab", outputs: 1, func, wires: [["line"]] };
}

const OUT = (type: string): string => `
  const short = (_, value) => (value?.type === "Buffer" || (typeof value === "string" && value.length > 200) ? "…" : value);
  const { topic, mark, payload } = msg;
  return { line: JSON.stringify({ kind: "out", id: "${type}", mark, text: [topic, JSON.stringify(payload, short)].join(" ").slice(0, 4000) }) };`;
const ERRORS = `
  const { message, code, source } = msg.error;
  return { line: JSON.stringify({ kind: "error", id: source.id.slice(${PREFIX.length}), mark: msg.mark, code, text: message }) };`;
const STATUSES = `
  const { text, fill, source } = msg.status;
  return { line: JSON.stringify({ kind: "status", id: source.id.slice(${PREFIX.length}), fill, text }) };`;

function initialize(rigs: readonly Rig[], ports: { stimuli: number; reports: number }): string {
  return `
    const order = ${JSON.stringify(rigs.map(({ type }) => type))};
    const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
    socket.on("error", () => undefined);
    socket.on("message", (bytes) => {
      const revive = (_, value) => (typeof value?.$base64 === "string" ? Buffer.from(value.$base64, "base64") : value);
      const { to, msg } = JSON.parse(bytes.toString(), revive);
      node.send(order.map((type) => (type === to ? msg : null)));
    });
    socket.bind(${ports.stimuli}, "127.0.0.1", () => {
      socket.send(JSON.stringify({ kind: "started", id: "line" }), ${ports.reports}, "127.0.0.1");
    });
    context.set("socket", socket);`;
}
