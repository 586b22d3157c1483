/**
 * `npm test`: everything, or only what the arguments name:
 *
 *     npm test -- test/src/hcp/sign.test.ts      one file
 *     npm test -- test/src/hcp                   a folder
 *     npm test -- src nodes -g "digest"          folders of test/, and mocha's options
 *
 * Tests of the packed package build it first where it is not up to date.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { isBuildFresh } from "./build/fresh";
import { buildPackage } from "./build/package";
import { root } from "./build/paths";
import { npmFile } from "./cache";
import { chooseTests } from "./choose-tests";
import { provideFfmpeg } from "./ffmpeg";

/** People in a street, out of an MIT-licensed package. */
function photograph(): Promise<string> {
  return npmFile({
    spec: "libreyolo-web@0.0.6",
    integrity:
      "sha512-XQtI7vgFVAJPhpd/UWUJidPsnsPEjQ5v9wFtqCra8CZBDLgDzK7toIrCkdC+51lBhhtqyDPQT50+FT+6yLQKpw==",
    file: "assets/parkour.jpg",
  });
}

async function main(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    const { status } = spawnSync("npm", ["run", "test:all"], {
      cwd: root,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    process.exitCode = status ?? 1;
    return;
  }
  const { specs, options, needsBuild } = chooseTests(args, root);
  if (needsBuild && !(await isBuildFresh(root))) await buildPackage();
  const ffmpeg = await provideFfmpeg();
  const { DETECTOR_MODELS: models, DETECTOR_PICTURE: picture } = process.env;

  const mocha = createRequire(__filename).resolve("mocha/bin/mocha.js");
  const { status } = spawnSync(process.execPath, ["--require", "tsx/cjs", mocha, ...specs, ...options], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      FFMPEG_PATH: ffmpeg,
      // Whoever has published models, but no photograph to check them with, gets one.
      ...(models !== undefined && { DETECTOR_PICTURE: picture ?? (await photograph()) }),
    },
  });
  process.exitCode = status ?? 1;
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
