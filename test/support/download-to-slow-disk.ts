import fs from "node:fs";
import path from "node:path";
import { SurveillanceError } from "../../src/core/errors";
import { IsapiClient } from "../../src/isapi/connection/client";
import { sendRequest } from "../../src/isapi/request/generic-request";
import { Recordings } from "../../src/isapi/recordings/recordings";
import { recordingOf } from "../../src/isapi/recordings/recording";

/**
 * Runs as a process: downloads files from a device to a slow disk, and prints JSON with the size or the error code of
 * each file, and with the peak of memory.
 *
 * Arguments: URL of the device, folder, and for each file `get:<path>` or `recording:<playback URI>`.
 */
const WRITE_MS = 2;

function slowDown(name: "write" | "writev"): void {
  const write = fs[name] as (...given: unknown[]) => void;
  Object.assign(fs, {
    [name]: (...given: unknown[]) =>
      setTimeout(() => {
        write(...given);
      }, WRITE_MS),
  });
}

async function run([url = "", folder = "", ...names]: string[]): Promise<void> {
  slowDown("write");
  slowDown("writev");
  const client = new IsapiClient({ url, username: "flow", password: "s3cret:pass", timeout: 5 });
  const recordings = new Recordings(client);
  let memory = 0;
  const watch = setInterval(() => {
    memory = Math.max(memory, process.memoryUsage().rss);
  }, 20);
  const files = await Promise.all(
    names.map(async (what, index) => {
      const [kind, ...rest] = what.split(":");
      const from = rest.join(":");
      try {
        if (kind === "recording") {
          const recording = recordingOf(from);
          return (await recordings.save(recording, { folder, filename: `${index}.mpg`, format: "original" }))
            .bytes;
        }
        const file = path.join(folder, `${index}.bin`);
        await sendRequest(client, { method: "GET", path: from, format: "auto", file });
        return fs.statSync(file).size;
      } catch (thrown) {
        return thrown instanceof SurveillanceError ? thrown.code : String(thrown);
      }
    }),
  );
  clearInterval(watch);
  await client.close();
  process.stdout.write(JSON.stringify({ files, memory }));
}

void run(process.argv.slice(2));
