import assert from "node:assert/strict";
import { camera, crop, decode, only, overview, recorder } from "./decoding";

describe("decodePost: targets", () => {
  const box = { x1: 1000, y1: 2000, x2: 3000, y2: 6000 };
  const post = { eventId: 320, targetId: 30, targetType: "1", box, overview, crop };

  it("returns an intrusion for a zone and a line crossing for a line, although both are PEA", () => {
    assert.equal(only(camera.perimeter({ ...post, by: "zone" })).type, "intrusion");
    assert.equal(only(camera.perimeter({ ...post, by: "line" })).type, "lineCrossing");
  });

  it("joins the box of a target and its type, which are in two lists", () => {
    assert.deepEqual(only(camera.perimeter({ ...post, by: "zone" })).targets, [
      { label: "person", id: "30", box: { x: 0.1, y: 0.2, width: 0.2, height: 0.4 } },
    ]);
    assert.deepEqual(
      only(recorder.target({ ...post, smartType: "regionIntrusion", targetType: "motor" })).targets,
      [{ label: "motor", id: "30", box: { x: 0.1, y: 0.2, width: 0.2, height: 0.4 } }],
    );
  });

  for (const [number, label] of Object.entries({ 1: "person", 2: "car", 4: "motor" })) {
    it(`labels target type ${number} as ${label}`, () => {
      assert.equal(
        only(camera.perimeter({ ...post, by: "zone", targetType: number })).targets[0]?.label,
        label,
      );
    });
  }

  for (const [status, state] of Object.entries({
    SMART_START: "start",
    SMART_PROCEDURE: "update",
    SMART_STOP: "end",
    SMART_NONE: "pulse",
  })) {
    it(`reads ${status} as ${state}`, () => {
      assert.equal(only(camera.perimeter({ ...post, by: "zone", status })).state, state);
    });
  }

  it("uses the same id for all posts of one event", () => {
    const id = (status: string): string => only(camera.perimeter({ ...post, by: "zone", status })).id;
    assert.equal(id("SMART_START"), id("SMART_STOP"));
  });

  it("returns no box for the zeros of a counting line", () => {
    const [target] = only(
      recorder.target({ ...post, smartType: "targetCountingByLine", box: { x1: 0, y1: 0, x2: 0, y2: 0 } }),
    ).targets;
    assert.equal(target?.id, "30");
    assert.equal(target.box, undefined);
  });

  it("clamps a box that extends beyond the image", () => {
    const [target] = only(
      camera.perimeter({ ...post, by: "zone", box: { x1: 9000, y1: 0, x2: 12000, y2: 10000 } }),
    ).targets;
    assert.deepEqual(target?.box, { x: 0.9, y: 0, width: 0.1, height: 1 });
  });

  it("returns overview and crop with their sizes", () => {
    assert.deepEqual(
      only(camera.perimeter({ ...post, by: "zone" })).images.map(({ data, ...image }) => [
        image,
        data?.length,
      ]),
      [
        [{ kind: "overview", mimeType: "image/jpeg", width: 64, height: 36 }, overview.length],
        [{ kind: "target", mimeType: "image/jpeg", width: 64, height: 36 }, crop.length],
      ],
    );
  });

  it("finds the images of video metadata in their block", () => {
    const event = only(camera.metadata({ overview, crop }));
    assert.equal(event.type, "videoMetadata");
    assert.deepEqual(
      event.images.map(({ kind }) => kind),
      ["overview", "target"],
    );
    assert.deepEqual(event.targets, [{ label: "car" }]);
  });

  it("reports the running position of a target as an update of video metadata", () => {
    const { kind, events } = decode(camera.tracks({ targetId: 434, targetType: "person", box }));
    assert.equal(kind, "tracks");
    assert.equal(events[0]?.type, "videoMetadata");
    assert.equal(events[0].vendorType, "traject");
    assert.equal(events[0].state, "update");
    assert.deepEqual(events[0].targets, [
      { label: "person", id: "434", box: { x: 0.1, y: 0.2, width: 0.2, height: 0.4 } },
    ]);
  });
});

describe("decodePost: faces", () => {
  it("returns a face with its attributes, crop and box", () => {
    const event = only(
      recorder.face({ targetId: 50, box: { x1: 640, y1: 180, x2: 768, y2: 308 }, overview, crop }),
    );
    assert.deepEqual(event.targets, [
      {
        label: "face",
        id: "50",
        // In pixels: in ten thousandths this face would be 16 pixels wide, and its crop 184.
        box: { x: 0.5, y: 0.25, width: 0.1, height: 0.177778 },
        attributes: { age: "middleAged", sex: "male", glasses: "no", mask: "unknown" },
      },
    ]);
    assert.deepEqual(
      event.images.map(({ kind }) => kind),
      ["overview", "face"],
    );
  });

  it("reads a recorder's face in ten thousandths if that fits its crop", () => {
    const box = { x1: 4000, y1: 2000, x2: 5000, y2: 4000 };
    const [target] = only(recorder.face({ targetId: 1, box, overview, crop })).targets;
    assert.deepEqual(target?.box, { x: 0.4, y: 0.2, width: 0.1, height: 0.2 });
  });

  it("finds a camera's crop under the name of an overview, and one item if two are announced", () => {
    const event = only(
      camera.face({ targetId: 15, box: { x1: 4000, y1: 1000, x2: 6000, y2: 5000 }, overview, crop }),
    );
    assert.equal(event.targets.length, 1);
    assert.deepEqual(
      event.images.map(({ kind, data }) => [kind, data?.length]),
      [
        ["overview", overview.length],
        ["face", crop.length],
      ],
    );
  });

  it("returns the matched person, list and similarity", () => {
    const event = only(
      camera.faceMatch({
        name: "Ada",
        listType: "whiteList",
        similarity: 82,
        snap: crop,
        album: crop,
        overview,
      }),
    );
    assert.equal(event.type, "faceMatch");
    assert.deepEqual(event.targets, [
      {
        label: "face",
        id: "4711",
        score: 0.82,
        attributes: { matched: true, listType: "whiteList", name: "Ada", sex: "female", age: "28" },
      },
    ]);
    assert.deepEqual(
      event.images.map(({ kind, width }) => [kind, width]),
      [
        ["overview", 64],
        ["face", 64],
        ["face", 64],
      ],
    );
  });
});

describe("decodePost: counts", () => {
  it("returns the counters of a line as numbers by direction and label", () => {
    const event = only(camera.counting({ enterPersons: 2400, leavePersons: 2397, targetId: 9 }));
    assert.deepEqual(event.details.counts, {
      enter: { car: 7, person: 2400, motor: 1 },
      leave: { car: 5, person: 2397, motor: 0 },
    });
    assert.deepEqual(event.targets, [{ label: "person", id: "9" }]);
  });

  it("returns no image for an announced length without data", () => {
    assert.deepEqual(only(camera.counting({ enterPersons: 1, leavePersons: 0, targetId: 9 })).images, []);
  });
});

describe("decodePost: images", () => {
  it("recognizes raw pixels", () => {
    const xml = `<sourceDataInfo><dataType>1</dataType><width>2</width><height>2</height><sourceBase64Data>${Buffer.from("yuvyuv").toString("base64")}</sourceBase64Data></sourceDataInfo>`;
    const [image] = only(camera.data("MOTION", xml)).images;
    assert.equal(image?.mimeType, "application/octet-stream");
    assert.equal(image.data?.toString(), "yuvyuv");
  });

  it("returns no image for a text that is not base64", () => {
    const xml = "<sourceDataInfo><sourceBase64Data>BASE64_PICTURE_HERE</sourceBase64Data></sourceDataInfo>";
    assert.deepEqual(only(camera.data("MOTION", xml)).images, []);
  });

  it("finds the images of an unknown event", () => {
    const xml = `<novelty><sourceBase64Data>${crop.toString("base64")}</sourceBase64Data></novelty>`;
    assert.deepEqual(
      only(camera.data("HOVERBOARD", xml)).images.map(({ kind, data }) => [kind, data?.length]),
      [["target", crop.length]],
    );
  });
});
