import assert from "node:assert/strict";
import { utimesSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { leasePool } from "../../../../src/vision/worker/shared-pools";
import { modelFolder } from "../../../support/model-folder";
import { colourDetector } from "../../../support/onnx-model";

describe("leasePool", function () {
  this.timeout(30_000);
  const folder = modelFolder();
  const model = folder.write("colours.onnx", colourDetector());
  const settings = { provider: "cpu", threads: 1, workers: 1 } as const;

  it("returns the same pool for the same file and settings until the last release", async () => {
    const [first, second] = await Promise.all([leasePool(model, settings), leasePool(model, settings)]);
    assert.equal(first.pool, second.pool);
    await first.pool.ready;
    await first.release();
    const third = await leasePool(path.join(folder.path, ".", "colours.onnx"), settings);
    assert.equal(third.pool, second.pool);
    await Promise.all([second.release(), third.release()]);
    const later = await leasePool(model, settings);
    assert.notEqual(later.pool, first.pool);
    await later.release();
  });

  it("returns another pool for other settings and for a replaced file", async () => {
    const leases = [await leasePool(model, settings), await leasePool(model, { ...settings, threads: 2 })];
    utimesSync(model, new Date(), new Date(2001, 1, 1));
    leases.push(await leasePool(model, settings));
    assert.equal(new Set(leases.map(({ pool }) => pool)).size, 3);
    await Promise.all(leases.map((lease) => lease.release()));
  });

  it("does not share a failed pool", async () => {
    const broken = folder.write("broken.onnx", Buffer.from("no model"));
    const first = await leasePool(broken, settings);
    await assert.rejects(first.pool.ready, { code: "YOLO_MODEL_INVALID" });
    const second = await leasePool(broken, settings);
    assert.notEqual(first.pool, second.pool);
    await Promise.all([first.release(), second.release()]);
  });
});
