import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiConfig from "../../nodes/isapi-config/runtime";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { SimulatedDevice } from "../servers/isapi-device";
import { allFailures, type Failure } from "../support/isapi-failures";
import { subjects, type Subject } from "../support/isapi-subjects";
import { assertNoSecrets, lastStatusOf } from "../support/node-output";
import { wireNode, type CaughtMessage, type WiredNode } from "../support/wired-node";

const PASSWORD = "s3cret:pass";
const WRONG_PASSWORD = "wr0ng:pass";

describe("a failure of the device", function () {
  this.timeout(20_000);
  let device: SimulatedDevice;
  let folder: string;
  let ffmpeg: string;
  before(async () => {
    ffmpeg = await provideFfmpeg();
  });
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    folder = await mkdtemp(path.join(os.tmpdir(), "failures-"));
  });
  afterEach(async () => {
    await helper.unload();
    await device.close();
    await rm(folder, { recursive: true });
  });

  function deploy(
    { type, initializer, config }: Omit<Subject, "equip" | "tasks">,
    password = PASSWORD,
  ): Promise<WiredNode<NodeMessage>> {
    return wireNode(
      initializer,
      { type, device: "dev", folder, ffmpeg, ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", url: device.url, timeout: "0.3" }],
        credentials: { dev: { username: "flow", password } },
      },
    );
  }

  /** Makes the device fail at a path. @returns a function that repairs it */
  function breakAt(failingPath: string, handler: Failure["handler"]): () => void {
    const working = device.handlers.get(failingPath);
    assert.ok(working !== undefined, `the device does not know ${failingPath}`);
    device.handlers.set(failingPath, handler);
    return () => device.handlers.set(failingPath, working);
  }

  /** Asserts that an error has a code for flows and a message that names the device. */
  function assertReadable(error: CaughtMessage["error"] | undefined, code: string): void {
    assert.equal(error?.code, code, error?.message);
    assert.ok(error.message.includes(`127.0.0.1:${device.port}`), `no device in: ${error.message}`);
  }

  for (const subject of subjects) {
    describe(subject.type, () => {
      beforeEach(() => {
        subject.equip(device);
      });

      for (const { what, msg, failingPath, failures = allFailures } of subject.tasks) {
        for (const failure of failures) {
          it(`${what}: reports ${failure.code} if the device ${failure.what}, and works again later`, async () => {
            const { node, handle, received } = await deploy(subject);
            const endings: (string | undefined)[] = [];
            helper.getNode("ended").on("input", ({ _msgid }: NodeMessage) => endings.push(_msgid));
            const repair = breakAt(failingPath, failure.handler);

            assertReadable(await handle({ ...msg, _msgid: "failing" }), failure.code);
            const { fill, text } = lastStatusOf(node);
            assert.deepEqual({ fill, text }, { fill: "red", text: `status.error.${failure.code}` });
            assert.equal(received.length, 0);

            repair();
            assert.equal(await handle({ ...msg, _msgid: "working" }), undefined);
            assert.equal(received.length, 1);
            assert.notEqual(lastStatusOf(node).fill, "red");
            assert.deepEqual(endings, ["failing", "working"]);
            assertNoSecrets(node, [PASSWORD]);
          });
        }
      }

      for (const msg of subject.wrongMessages) {
        it(`reports CONFIG_INVALID for ${JSON.stringify(msg)} and changes nothing`, async () => {
          const { node, handle, received } = await deploy(subject);
          assert.equal((await handle({ ...msg }))?.code, "CONFIG_INVALID");
          const { fill, text } = lastStatusOf(node);
          assert.deepEqual({ fill, text }, { fill: "red", text: "status.error.CONFIG_INVALID" });
          assert.equal(received.length, 0);
          assert.deepEqual(
            device.requests.filter(({ method }) => method !== "GET"),
            [],
          );
        });
      }

      it("sends a wrong password once, and works again with the right one", async () => {
        const [task] = subject.tasks;
        const { node, handle } = await deploy(subject, WRONG_PASSWORD);
        assertReadable(await handle({ ...task?.msg }), "ISAPI_AUTH");
        assert.equal(lastStatusOf(node).text, "status.error.ISAPI_AUTH");
        const requests = device.requests.length;
        assertReadable(await handle({ ...task?.msg }), "ISAPI_LOCKED");
        assert.equal(lastStatusOf(node).text, "status.error.ISAPI_LOCKED");
        assert.equal(device.requests.length, requests);
        assert.equal(device.guard.failures, 1);
        assertNoSecrets(node, [WRONG_PASSWORD]);

        await helper.unload();
        const corrected = await deploy(subject);
        assert.equal(await corrected.handle({ ...task?.msg }), undefined);
      });
    });
  }
});
