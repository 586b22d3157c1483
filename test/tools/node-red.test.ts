import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../tools/node-red";

describe("startNodeRed", () => {
  it("ends Node-RED when its own process is killed", async () => {
    const userDir = await mkdtemp(path.join(os.tmpdir(), "orphan-"));
    const script = path.resolve(__dirname, "../support/node-red-orphan.ts");
    const parent = spawn(process.execPath, ["--require", "tsx/cjs", script, userDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    parent.kill("SIGKILL");
    // Node-RED is not a child of this process, so its end has no event.
    while (isAlive(Number(line.toString()))) await delay(20);
    await rm(userDir, { recursive: true });
  }).timeout(60_000);
});

describe("freePort", () => {
  it("refuses the required port while it is in use", async () => {
    const server = createServer().listen(0);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await assert.rejects(freePort(port), {
      message: `Port ${port} is not free. Choose another one with --port.`,
    });
    server.close();
    await once(server, "close");
    assert.equal(await freePort(port), port);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
