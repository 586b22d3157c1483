/**
 * The public surface, as reports in docs/api that reviews see change: `npm run api` writes them, a package test compares
 * them. Both read the declarations in dist/, so the package must be built.
 */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const root = path.resolve(__dirname, "..");
const folder = path.join(root, "docs", "api");

export interface ApiCheck {
  /** The subpaths whose report in docs/api differs from the built declarations. */
  changed: string[];
  /** What api-extractor found, with differences as unified diffs: types that a public signature names, but no one exports. */
  problems: string[];
}

/**
 * Compares every subpath's declarations with its report.
 *
 * @param accept writes the reports that differ
 */
export async function checkApi({ accept }: { accept: boolean }): Promise<ApiCheck> {
  const temporary = await mkdtemp(path.join(os.tmpdir(), "api-"));
  try {
    await mkdir(folder, { recursive: true });
    const configs = (await entries()).map((entry) => configFor(entry, temporary));
    const [first, ...others] = configs;
    if (first === undefined) throw new Error("package.json exports no subpath with types.");
    // One program for all subpaths: they share most of their declarations.
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    });
    const check: ApiCheck = { changed: [], problems: [] };
    for (const config of configs) {
      const subpath = path.basename(config.reportFilePath, ".api.md");
      const { apiReportChanged } = Extractor.invoke(config, {
        compilerState,
        localBuild: accept,
        printApiReportDiff: true,
        messageCallback: (message) => {
          message.handled = true;
          const matters = [ExtractorLogLevel.Error, ExtractorLogLevel.Warning].includes(message.logLevel);
          if (matters) check.problems.push(`${subpath}: ${message.formatMessageWithLocation(root)}`);
        },
      });
      if (apiReportChanged) check.changed.push(subpath);
    }
    return check;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

interface Entry {
  subpath: string;
  types: string;
}

/** The subpaths of package.json that have types. */
async function entries(): Promise<Entry[]> {
  const { exports } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  return Object.entries(exports).flatMap(([name, target]) =>
    typeof target === "string" ? [] : [{ subpath: path.basename(name), types: target.types }],
  );
}

function configFor({ subpath, types }: Entry, temporary: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    packageJsonFullPath: path.join(root, "package.json"),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: path.join(root, types),
      compiler: { tsconfigFilePath: path.join(root, "tsconfig.base.json") },
      apiReport: {
        enabled: true,
        reportFileName: subpath,
        reportFolder: folder,
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      newlineKind: "lf",
      messages: {
        // This package marks no releases and its comments are not TSDoc.
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}

async function main(): Promise<void> {
  const { changed, problems } = await checkApi({ accept: true });
  for (const subpath of changed) console.log(`docs/api/${subpath}.api.md written`);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

if (require.main === module) void main();
