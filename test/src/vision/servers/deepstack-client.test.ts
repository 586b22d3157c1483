import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { DeepStackClient } from "../../../../src/vision/servers/deepstack/client";
import { DeepStackServer, type DeepStackOptions } from "../../../servers/inference/deepstack-server";

const car = { label: "car", confidence: 0.83, x_min: 41, y_min: 60, x_max: 188, y_max: 141 };
const dog = { y_max: 20, x_max: 20, y_min: 5.5, x_min: 0, confidence: 0.3, label: "dog" };
const image = Buffer.from([0xff, 0xd8, 0x0d, 0x0a, 0x2d, 0x2d, 0x00, 0xff, 0xd9]);

describe("a client of DeepStack's dialect", () => {
  const closing: (() => Promise<void>)[] = [];
  const signal = (): AbortSignal => AbortSignal.timeout(5000);

  async function serve(options: DeepStackOptions = {}): Promise<DeepStackServer> {
    const server = await DeepStackServer.start({ detect: () => [car, dog], ...options });
    closing.push(() => server.close());
    return server;
  }

  function connect(url: string, model = "", token?: string): DeepStackClient {
    const client = new DeepStackClient(url, model, { connections: 2, connectTimeout: 2000, token });
    closing.push(() => client.close());
    return client;
  }

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  for (const profile of ["deepstack", "codeproject"] as const) {
    it(`finds the objects of an image on ${profile}`, async () => {
      const server = await serve({ profile });
      const boxes = await connect(server.url).run({ image, confidence: 0.25 }, signal());
      assert.deepEqual(boxes, [
        { label: "car", score: 0.83, box: { x: 41, y: 60, width: 147, height: 81 } },
        { label: "dog", score: 0.3, box: { x: 0, y: 5.5, width: 20, height: 14.5 } },
      ]);
      assert.deepEqual(server.requests, ["POST /v1/vision/detection"]);
    });

    it(`uses a custom model on ${profile}`, async () => {
      const server = await serve({ profile, custom: ["ppe v2"] });
      await connect(server.url, "ppe v2").check(signal());
      assert.deepEqual(server.requests, ["POST /v1/vision/custom/ppe%20v2"]);
    });

    it(`reports an image that ${profile} cannot read`, async () => {
      const server = await serve({ profile });
      const running = connect(server.url).run({ image: Buffer.from("no image"), confidence: 0.5 }, signal());
      await assert.rejects(running, { code: "INFERENCE_REFUSED", message: /No valid image/ });
    });
  }

  it("sends every byte of the image", async () => {
    let received: Buffer | undefined;
    const server = await serve({ detect: (given) => ((received = given), []) });
    await connect(server.url).run({ image, confidence: 0.5 }, signal());
    assert.deepEqual(received, image);
  });

  it("sends the lowest score", async () => {
    const server = await serve();
    const boxes = await connect(server.url).run({ image, confidence: 0.5 }, signal());
    assert.deepEqual(
      boxes.map(({ label }) => label),
      ["car"],
    );
  });

  it("sends the token as api_key, and never shows it", async () => {
    const server = await serve({ apiKey: "s3cret" });
    await connect(server.url, "", "s3cret").check(signal());
    await assert.rejects(
      connect(server.url, "", "wr0ng").check(signal()),
      (error: Error & { code: string }) => {
        assert.equal(error.code, "INFERENCE_REFUSED");
        assert.match(error.message, /Check the token/);
        assert.doesNotMatch(error.message, /wr0ng/);
        return true;
      },
    );
  });

  it("names a missing custom model", async () => {
    const server = await serve();
    await assert.rejects(connect(server.url, "ppe").check(signal()), { code: "INFERENCE_MODEL" });
    const codeProject = await serve({ profile: "codeproject" });
    await assert.rejects(connect(codeProject.url, "ppe").check(signal()), {
      code: "INFERENCE_REFUSED",
      message: /Could not find custom model ppe/,
    });
  });

  it("says how to activate detection", async () => {
    const server = await serve({ activated: false });
    await assert.rejects(connect(server.url).check(signal()), {
      code: "INFERENCE_MODEL",
      message: /VISION-DETECTION=True/,
    });
  });

  const wrong: Record<string, unknown> = {
    "no list": { car },
    "a box without a side": [{ ...car, x_max: undefined }],
    "a box that is inside out": [{ ...car, x_max: 1 }],
    "a score above 1": [{ ...car, confidence: 83 }],
    "no label": [{ ...car, label: null }],
    null: [null],
    "10,001 predictions": Array(10_001).fill(car),
  };
  for (const [what, predictions] of Object.entries(wrong)) {
    it(`refuses predictions with ${what}`, async () => {
      const server = await serve({ detect: () => predictions });
      const running = connect(server.url).run({ image, confidence: 0 }, signal());
      await assert.rejects(running, { code: "INFERENCE_REPLY" });
    });
  }

  const faults = {
    die: "CONNECTION_LOST",
    garbage: "INFERENCE_REPLY",
    page: "INFERENCE_UNAVAILABLE",
    busy: "INFERENCE_UNAVAILABLE",
  } as const;
  for (const [fault, code] of Object.entries(faults)) {
    it(`reports ${code} for the fault ${fault}`, async () => {
      const server = await serve();
      server.fault = fault as keyof typeof faults;
      await assert.rejects(connect(server.url).check(signal()), { code });
    });
  }
});
