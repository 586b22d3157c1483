import { appendFileSync } from "node:fs";
import type { Context } from "mocha";
import { provideServer, type DebianServer, type ServerName } from "../../tools/debian";

/**
 * Finds a real server, in the `before` of a suite. Without it the suite is skipped, and `npm test` names it at its end;
 * with REQUIRE_SERVERS=1, as in CI, the suite fails.
 */
export async function debianServer(suite: Context, name: ServerName): Promise<DebianServer> {
  suite.timeout(120_000);
  return (await debianServerOrNote(name, suite.test?.parent?.fullTitle() ?? name)) ?? suite.skip();
}

/**
 * Finds a real server for a part of a suite. Without it `npm test` names the part at its end; with REQUIRE_SERVERS=1
 * this fails.
 */
export async function debianServerOrNote(name: ServerName, title: string): Promise<DebianServer | undefined> {
  try {
    return await provideServer(name);
  } catch (error) {
    const { REQUIRE_SERVERS: required, LEFT_OUT_TESTS: report } = process.env;
    if (required === "1") throw error;
    const reason = (error as Error).message.split("\n", 1)[0] ?? "";
    if (report !== undefined) appendFileSync(report, `${title}: ${reason}\n`);
    return undefined;
  }
}
