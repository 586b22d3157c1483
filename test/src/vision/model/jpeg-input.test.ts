import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import sharp from "sharp";
import type { ImageFit } from "../../../../src/vision/model-types";
import { openServers, type ServerGroup } from "../../../../src/vision/remote/open-model";
import { KServeServer } from "../../../servers/inference/kserve-server";
import type { WireTensor } from "../../../servers/inference/wire-tensor";

const options = { confidence: 0.25, iou: 0.45, maxDetections: 10 };

/** The table of a YOLOv8 for 64 × 64 pixels: one box of 20 × 10 pixels at (32, 32). */
function table(): WireTensor {
  const values = [32, 32, 20, 10, 0.9].flatMap((value, row) =>
    Array.from({ length: 84 }, (_, cell) => (row < 4 || cell === 0 ? value + cell / 1000 : cell / 10_000)),
  );
  return { datatype: "FP32", shape: [1, 5, 84], bytes: Buffer.from(Float32Array.from(values).buffer) };
}

describe("a model on a server that takes JPEG files", () => {
  let group: ServerGroup;
  let server: KServeServer;
  let sent: Buffer;
  afterEach(async () => {
    await group.close();
    await server.close();
  });

  const boxWith = async (fit: ImageFit, image: Buffer): Promise<number[]> => {
    server = await KServeServer.start({
      model: {
        name: "ensemble",
        inputs: [{ name: "image", datatype: "BYTES", shape: [-1] }],
        outputs: [{ name: "output0", datatype: "FP32", shape: [-1, 5, 84] }],
        compute: ({ image: tensor }) => {
          // The length of the element comes before it.
          sent = Buffer.from(tensor?.bytes.subarray(4) ?? []);
          return { output0: table() };
        },
      },
    });
    const urls = [server.url];
    const settings = { urls, dialect: "kserve", model: "ensemble", width: 64, fit } as const;
    group = openServers(settings, undefined, () => undefined);
    const model = await group.openModel();
    const { objects } = await model.detect(image, options);
    const { x, y, width, height } = objects[0]?.box ?? { x: -1, y: -1, width: -1, height: -1 };
    return [x, y, width, height].map(Math.round);
  };
  const jpeg = sharp({ create: { width: 128, height: 64, channels: 3, background: "red" } }).jpeg();

  for (const [fit, box] of [
    ["letterbox", [44, 22, 40, 20]],
    ["stretch", [44, 27, 40, 10]],
    ["image", [22, 27, 20, 10]],
  ] as const) {
    it(`returns boxes in the image if the server uses ${fit}`, async () => {
      assert.deepEqual(await boxWith(fit, await jpeg.toBuffer()), box);
    });
  }

  it("sends a JPEG as it is", async () => {
    const image = await jpeg.toBuffer();
    await boxWith("image", image);
    assert.deepEqual(sent, image);
  });

  it("encodes another format", async () => {
    const png = await sharp({ create: { width: 128, height: 64, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await boxWith("image", png);
    assert.equal((await sharp(sent).metadata()).format, "jpeg");
  });
});
