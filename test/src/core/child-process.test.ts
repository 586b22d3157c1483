import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import path from "node:path";
import { childEnvironment } from "../../../src/core/child-process";
import { spawnGuarded } from "../../../src/ffmpeg/guarded-child";
import { launchWorker } from "../../../src/vision/worker/worker-process";

const sources = path.resolve(__dirname, "../../../src");
const secret = "child-process-secret";
const onLinux = process.platform === "linux" ? it : it.skip;

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  child.kill(signal);
  const [, received] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return received;
}

describe("child processes", () => {
  before(() => {
    process.env.CAMERA_PASSWORD = secret;
  });
  after(() => {
    delete process.env.CAMERA_PASSWORD;
  });

  onLinux("run programs without core dumps and without the secrets of the environment", async () => {
    const { stdout, process: child } = spawnGuarded("/bin/sh", ["-c", "ulimit -Hc; ulimit -Sc; env"]);
    const [printed] = await Promise.all([text(stdout), once(child, "exit")]);
    assert.match(printed, /^0\n0\n/);
    assert.match(printed, /^PATH=/m);
    assert.ok(!printed.includes(secret));
  });

  onLinux("run the model without core dumps and without the secrets of the environment", async () => {
    const child = launchWorker();
    child.send({ type: "load", file: "/no/such/model.onnx", settings: {} });
    const [response] = (await once(child, "message")) as [{ type: string }];
    const at = `/proc/${child.pid ?? 0}`;
    assert.equal(response.type, "refused");
    assert.match(readFileSync(`${at}/limits`, "utf8"), /^Max core file size +0 +0 /m);
    assert.ok(!readFileSync(`${at}/environ`, "utf8").includes(secret));
    assert.ok(readFileSync(`${at}/cmdline`, "utf8").startsWith(process.execPath));
    assert.equal(await end(child, "SIGTERM"), "SIGTERM");
  });

  it("keep what programs need to find files, libraries and graphics processors", () => {
    const needed = {
      PATH: "/bin",
      Path: "C:\\",
      LC_ALL: "C",
      TZ: "UTC",
      LD_LIBRARY_PATH: "/opt",
      CUDA_HOME: "/c",
    };
    assert.deepEqual(childEnvironment({ ...needed, FFREPORT: "file=/tmp/log", PATH_PASSWORD: "x" }), needed);
  });

  it("trust the certificates that Node-RED trusts", () => {
    const trusted = { NODE_EXTRA_CA_CERTS: "/ca.pem", NODE_USE_SYSTEM_CA: "1", SSL_CERT_FILE: "/all.pem" };
    assert.deepEqual(childEnvironment(trusted), trusted);
  });

  it("start nowhere else", () => {
    const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const starting = files.filter((name) =>
      /import \{[^}]*\b(?:spawn|fork|exec|execFile)\w*\b[^}]*\} from "node:child_process"/.test(
        readFileSync(path.join(sources, name), "utf8"),
      ),
    );
    // The search for ffmpeg runs `ffmpeg -version`: it reads no data, and its environment has no secrets.
    const known = ["core/child-process.ts", "ffmpeg/ffmpeg-binary.ts", "ffmpeg/guarded-child.ts"];
    assert.deepEqual(starting.map((name) => name.replaceAll("\\", "/")).sort(), known);
  });
});
