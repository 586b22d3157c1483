/**
 * Reports of the public API in docs/api, so that a review shows every change: `npm run api` writes them, and
 * test/build/published.test.ts compares them. Both read the declarations in dist/.
 */
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  ExtractorMessageId,
  type ExtractorMessage,
} from "@microsoft/api-extractor";

const root = path.resolve(__dirname, "..");
const forgottenExport: string = ExtractorMessageId.ForgottenExport;
const folder = path.join(root, "docs", "api");

export interface ApiCheck {
  /** The subpaths whose report in docs/api differs from the built declarations. */
  changed: string[];
  /** The findings of api-extractor: changes as unified diffs, and types in public signatures that are not exported. */
  problems: string[];
}

/**
 * Compares every subpath's declarations with its report.
 *
 * @param accept whether to write the reports that differ
 */
export async function checkApi({ accept }: { accept: boolean }): Promise<ApiCheck> {
  const temporary = await mkdtemp(path.join(os.tmpdir(), "api-"));
  try {
    await mkdir(folder, { recursive: true });
    const configs = (await entries()).map((entry) => ({
      subpath: entry.subpath,
      config: configFor(entry, temporary),
    }));
    const [first, ...others] = configs.map(({ config }) => config);
    if (first === undefined) throw new Error("package.json exports no subpath with types.");
    // One program for all subpaths: they share most of their declarations.
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    });
    const check: ApiCheck = { changed: [], problems: [] };
    for (const { subpath, config } of configs) {
      const { apiReportChanged } = Extractor.invoke(config, {
        compilerState,
        localBuild: accept,
        printApiReportDiff: !accept,
        messageCallback: (message) => {
          message.handled = true;
          const { logLevel, messageId } = message;
          if (logLevel !== ExtractorLogLevel.Error && logLevel !== ExtractorLogLevel.Warning) return;
          if (accept && messageId.startsWith("console-")) return;
          if (messageId === forgottenExport && isInternal(message)) return;
          check.problems.push(`${subpath}: ${message.formatMessageWithLocation(root)}`);
        },
      });
      if (apiReportChanged) check.changed.push(subpath);
    }
    return check;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Returns whether the comment before the member of a message ends with `@internal`. */
function isInternal({ sourceFilePath = "", sourceFileLine = 0 }: ExtractorMessage): boolean {
  const lines = readFileSync(sourceFilePath, "utf8").split("\n");
  return lines[sourceFileLine - 2]?.endsWith("@internal */") ?? false;
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
        // The package does not use release tags or TSDoc.
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
          // The report marks internal members, so that they need no underscore.
          "ae-internal-missing-underscore": { logLevel: ExtractorLogLevel.None },
          // Comments may link to declarations that are not exported.
          "ae-unresolved-link": { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}

async function main(): Promise<void> {
  const { changed, problems } = await checkApi({ accept: true });
  for (const subpath of changed) console.log(`docs/api/${subpath}.api.md: written`);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

if (require.main === module)
  main().catch((thrown: unknown) => {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  });
