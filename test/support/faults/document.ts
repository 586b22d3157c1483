import { faults } from "./faults";
import { rigs } from "./rigs";
import type { Cell, Kept, Verdict } from "./trial";

/** What a run of all faults has shown: the cells by node type and name of the fault. */
export type Matrix = ReadonlyMap<string, ReadonlyMap<string, Cell>>;

const verdicts: Readonly<Record<Verdict, string>> = {
  "not affected": "The fault does not reach this node: it worked meanwhile.",
  "goes on": "The fault reaches the node, and it worked meanwhile.",
  "comes back": "The node fails while the fault lasts, and works again by itself.",
  "back after deploy": "The node works again after the user has corrected the flow and deployed.",
  "does not come back": "The node did not work again. No node has this.",
};
const keptTexts: Readonly<Record<Kept, [short: string, long: string]>> = {
  everything: ["all", "the message or event of the time of the fault is processed"],
  "arrives later": ["later", "it arrives after the fault"],
  "at Catch": ["Catch", "a Catch node gets the message with the error, so that the flow can send it again"],
  missed: ["no", "what the other side sends meanwhile does not arrive; it gets no positive answer"],
  lost: ["lost", "the message is lost with the process or the node that had it"],
  unnoticed: ["unnoticed", "the message is lost, and the node cannot know it"],
  "in hand": ["in hand", "a message that the node has in hand at that moment may be lost"],
  live: ["live", "the node sends what is there now; what was there meanwhile is not sent"],
};

/** Returns `docs/faults.md`. */
export function documentOf(matrix: Matrix): string {
  return [
    "# Faults",
    "",
    "What a user sees of a fault, what is kept, and when a node works again. `npm run faults` writes this page: it tries",
    "every fault at every node in an installed Node-RED with simulated devices. `npm test` compares what happens and the",
    "errors with this page. The texts of the status, what is kept and the seconds are those of one run on one machine.",
    "",
    "The nodes have short timeouts: 1.5 s for requests, 3 s for silent streams, and 1 s between two attempts. With the",
    "default settings, the same happens later.",
    "",
    ...section(
      "The faults",
      ["fault", "what it is"],
      faults.map(({ name, means }) => [name, means]),
    ),
    ...section(
      "How to read the tables",
      ["what happens", "meaning"],
      [
        ...Object.entries(verdicts),
        ["varies", "It differs from run to run, as the text below the table says."],
      ],
    ),
    ...table(
      ["kept", "meaning"],
      Object.values(keptTexts).map(([short, long]) => [short, `${long}.`]),
    ),
    "**Status** is the text below the node while the fault lasts; without one, it does not turn red or yellow. **Error**",
    "is the code that Catch nodes get. **Back** is the time from the end of the fault to the next result, in seconds.",
    "",
    "**Not affected** is measured. The node gets a message while the fault lasts, and its result arrives before the end of",
    "the fault, without an error. The reason is checked, too. For faults of connections: the node has no address, and each",
    "connection of Node-RED and its processes leads to the address of another node; on Linux, the test looks twice a",
    "second. For faults of settings (certificate, password, DNS): the fault changes nothing in the settings of the node.",
    "",
    "`hcp-config`, `isapi-config`, `inference-server` and `nats-jetstream` only hold settings. Their tables show a node that",
    "uses them: a request, `yolo-detect` without a model of its own, and `events-out` with a real nats-server. `events-out` and",
    "`events-in` have tables with the store on this computer.",
    "",
    "`events-out` with NATS keeps a message for 30 s and tries again. The flow learns nothing of a shorter fault. After these",
    "30 s, a Catch node gets the message.",
    "",
    ...[...matrix].flatMap(([type, cells]) => nodeSection(type, cells)),
  ].join("\n");
}

function nodeSection(type: string, cells: ReadonlyMap<string, Cell>): string[] {
  const chance = rigs.find((rig) => rig.type === type)?.chance ?? {};
  const rows = [...cells].map(([fault, cell]) => [
    fault,
    ...(chance[fault] === undefined
      ? [cell.verdict, cell.status, cell.code === "" ? "" : `\`${cell.code}\``, keptTexts[cell.kept][0]]
      : ["varies", "", "", ""]),
    cell.back.toFixed(1),
  ]);
  const messages = new Map([...cells.values()].map((cell) => [cell.code, cell.message]));
  messages.delete("");
  return [
    ...section(type, ["fault", "what happens", "status", "error", "kept", "back"], rows),
    ...Object.entries(chance).flatMap(([fault, text]) => [`What varies at **${fault}**: ${text}`, ""]),
    ...(messages.size === 0 ? [] : ["What the errors say:", ""]),
    ...[...messages].map(([code, text]) => `- \`${code}\`: ${text.replace(/[<>_*]/g, "\\$&")}`),
    ...(messages.size === 0 ? [] : [""]),
  ];
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [`## ${title}`, "", ...table(head, rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""];
}

/** Returns what is certain at a node: for each fault, what happens, and the code of the error. */
export function comparable(document: string, type: string): string[] {
  const from = document.indexOf(`## ${type}\n`);
  if (from < 0) return [];
  const to = document.indexOf("\n## ", from + 1);
  return document
    .slice(from, to < 0 ? undefined : to)
    .split("\n")
    .filter((line) => /^\| (?!fault|-)/.test(line))
    .map((line) => {
      const [, fault = "", verdict = "", , code = ""] = line.split("|").map((cell) => cell.trim());
      return [fault, verdict, code].join(" | ");
    });
}
