import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const documents = [
  ...readdirSync(root).filter((file) => file.endsWith(".md")),
  ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join("docs", file)),
];
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** Returns the anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsOf(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

/** Returns the code in blocks, by line, and the code in the text. */
function codeOf(file: string): string[] {
  const text = read(file);
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
    block.split("\n"),
  );
  const spans = [...text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, span = ""]) => span,
  );
  return [...blocks, ...spans];
}

for (const file of documents) {
  describe(file, () => {
    it("has no broken links", () => {
      for (const [, target = ""] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^\w+:/.test(target)) continue;
        const [place = "", anchor] = target.split("#");
        const linked = place === "" ? file : path.join(path.dirname(file), place);
        assert.ok(existsSync(path.join(root, linked)), `${target}: no such file`);
        if (anchor !== undefined && linked.endsWith(".md"))
          assert.ok(anchorsOf(linked).includes(anchor), `${target}: no such heading`);
      }
    });

    it("names only existing commands", () => {
      for (const code of codeOf(file)) {
        for (const [, script = ""] of code.matchAll(/\bnpm run ([\w:-]+)/g))
          assert.ok(script in scripts, `npm run ${script}`);
        for (const [, script = ""] of code.matchAll(/\bnode (?:-r \S+ )?([\w./-]+\.(?:ts|js|mjs))/g))
          assert.ok(existsSync(path.join(root, script)), code);
        const [, tests = ""] = /\bnpm test -- (.*)/.exec(code) ?? [];
        for (const test of tests.split(" ").filter((argument) => argument.includes("/")))
          assert.ok(existsSync(path.join(root, test)), code);
      }
    });

    it("names only existing files", () => {
      const folders = /^(?:src|nodes|test|tools|demo|bench|locales|docs|examples|icons|\.github)\//;
      for (const code of codeOf(file)) {
        // The reader makes files with a placeholder, and the files of the example event-count.
        if (folders.test(code) && !/[<…*{ ]|event-count/.test(code))
          assert.ok(existsSync(path.join(root, code)), `${code}: no such file`);
      }
    });
  });
}

describe("CONTRIBUTING.md", () => {
  it("lists every script of package.json for contributors", () => {
    const text = read("CONTRIBUTING.md");
    // Other scripts run these.
    const parts = ["clean", "prepack", "test", "test:all", "test:unit", "test:build", "test:package"];
    assert.deepEqual(
      Object.keys(scripts).filter((script) => !parts.includes(script) && !text.includes(`npm run ${script}`)),
      [],
    );
  });
});
