/**
 * Runs mocha on the sources: `node -r tsx/cjs tools/run-tests.ts [folder of test/ …] [mocha options]`. Without a folder, everything
 * but the package, browser and acceptance tests, which need a build.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { npmFile } from "./cache";
import { provideFfmpeg } from "./ffmpeg";

const folders = ["src", "nodes", "servers", "tools", "package", "browser", "acceptance"];

/** People in a street, out of an MIT-licensed package. */
function photograph(): Promise<string> {
  return npmFile({
    spec: "libreyolo-web@0.0.6",
    integrity:
      "sha512-XQtI7vgFVAJPhpd/UWUJidPsnsPEjQ5v9wFtqCra8CZBDLgDzK7toIrCkdC+51lBhhtqyDPQT50+FT+6yLQKpw==",
    file: "assets/parkour.jpg",
  });
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const chosen = args.filter((arg) => folders.includes(arg));
  const options = args.filter((arg) => !folders.includes(arg));
  const specs = (chosen.length > 0 ? chosen : ["src", "nodes", "servers", "tools"]).map(
    (folder) => `test/${folder}/**/*.test.ts`,
  );
  const ffmpeg = await provideFfmpeg();
  const { DETECTOR_MODELS: models, DETECTOR_PICTURE: picture } = process.env;

  const mocha = createRequire(__filename).resolve("mocha/bin/mocha.js");
  const { status } = spawnSync(process.execPath, ["--require", "tsx/cjs", mocha, ...specs, ...options], {
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

void main();
