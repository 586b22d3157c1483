import assert from "node:assert/strict";
import { camera, crop, newCamera, only, overview, receivedAt, recorder } from "./decoding";

describe("decodePost: plates", () => {
  for (const plate of ["0012345", "1E10", "0x1F", "12E4567"]) {
    it(`keeps ${plate} as text in every dialect`, () => {
      for (const xml of [
        camera.plate({ plate }),
        newCamera.plate({ plate }),
        recorder.plate({ plate, box: { x1: 1, y1: 1, x2: 2, y2: 2 } }),
      ]) {
        assert.deepEqual(
          only(xml).targets.map((target) => target.plate),
          [plate],
        );
      }
    });
  }

  for (const listType of ["whiteList", "blackList", "temporaryList", "strangerList"]) {
    it(`names the list ${listType} of a plate`, () => {
      assert.equal(only(camera.plate({ plate: "K", listType })).targets[0]?.attributes?.listType, listType);
      assert.equal(
        only(newCamera.plate({ plate: "K", listType })).targets[0]?.attributes?.listType,
        listType,
      );
    });
  }

  it("names no list for a plate without one", () => {
    assert.equal("listType" in (only(camera.plate({ plate: "K" })).targets[0]?.attributes ?? {}), false);
  });

  it("names a recorder's group and owner", () => {
    const xml = recorder.plate({
      plate: "K",
      group: "Residents",
      owner: "Ms Gray",
      box: { x1: 0, y1: 0, x2: 9, y2: 9 },
    });
    const attributes = only(xml).targets[0]?.attributes;
    assert.equal(attributes?.group, "Residents");
    assert.equal(attributes.owner, "Ms Gray");
  });

  it("reads confidence, direction, vehicle and box of firmware 5.3.1", () => {
    const target = only(newCamera.plate({ plate: "K", direction: "away", confidence: 9750 })).targets[0];
    assert.equal(target?.score, 0.975);
    assert.equal(target.label, "car");
    assert.equal(target.id, "10");
    assert.deepEqual(target.box, { x: 0.75, y: 0.2, width: 0.07, height: 0.06 });
    assert.equal(target.attributes?.direction, "away");
    assert.deepEqual(target.attributes.vehicle, {
      type: "saloon car",
      color: "white",
      brand: "Skoda",
      model: "Octavia",
    });
    assert.deepEqual(target.attributes.vehicleBox, { x: 0.5, y: 0.5, width: 0.25, height: 0.25 });
  });

  it("reads a recorder's rectangle in pixels of the image, with the size in the image data", () => {
    const xml = recorder.plate({ plate: "K", box: { x1: 16, y1: 9, x2: 32, y2: 18 }, overview, crop });
    const target = only(xml).targets[0];
    assert.deepEqual(target?.box, { x: 0.25, y: 0.25, width: 0.25, height: 0.25 });
    assert.deepEqual(target.attributes?.vehicle, {
      type: "van",
      color: "red",
      brand: "Ford",
      model: "Transit",
    });
    assert.equal("vehicleBox" in target.attributes, false);
  });

  it("returns first the overview and then the plate in every dialect", () => {
    for (const xml of [
      camera.plate({ plate: "K", overview, crop }),
      newCamera.plate({ plate: "K", overview, crop }),
      recorder.plate({ plate: "K", overview, crop, box: { x1: 0, y1: 0, x2: 9, y2: 9 } }),
    ]) {
      const { images } = only(xml);
      assert.deepEqual(
        images.map(({ kind }) => kind),
        ["overview", "plate"],
      );
      assert.ok(images[0]?.data?.equals(overview));
      assert.ok(images[1]?.data?.equals(crop));
    }
  });

  it("uses the receipt time for the 20 digits that recorders send with plates", () => {
    const xml = recorder.plate({
      plate: "K",
      box: { x1: 0, y1: 0, x2: 9, y2: 9 },
      currentTime: "18445822972087551616",
    });
    assert.equal(only(xml).time, receivedAt.toISOString());
  });

  it("returns every plate of a list", () => {
    const item = (plate: string): string => `<item><plateNumber>${plate}</plateNumber></item>`;
    const event = only(
      camera.data("VEHICE", `<listInfo type="list" count="1">${item("A1")}${item("B2")}</listInfo>`),
    );
    assert.deepEqual(
      event.targets.map(({ plate }) => plate),
      ["A1", "B2"],
    );
  });
});
