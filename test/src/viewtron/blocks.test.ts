import assert from "node:assert/strict";
import { camera, crop, decode, only, overview } from "./decoding";

describe("decodePost: events by block", () => {
  const box = { x1: 1000, y1: 2000, x2: 3000, y2: 6000 };
  const zone = { eventId: 320, targetId: 30, box };
  const line = { eventId: 321, targetId: 31, box: { ...box, x2: 5000 } };
  const summaries = (xml: string): unknown[] =>
    decode(xml).events.map(({ type, state, targets }) => [type, state, targets.map(({ id }) => id)]);

  it("uses the block with items, not an empty one", () => {
    assert.equal(only(camera.occurrences({ zones: [zone], lines: [] })).type, "intrusion");
    assert.equal(only(camera.occurrences({ zones: [], lines: [line] })).type, "lineCrossing");
  });

  it("returns two events if both blocks have items", () => {
    assert.deepEqual(
      summaries(camera.occurrences({ zones: [zone], lines: [{ ...line, status: "SMART_STOP" }] })),
      [
        ["intrusion", "start", ["30"]],
        ["lineCrossing", "end", ["31"]],
      ],
    );
  });

  it("returns an event for each event id, with its state and its images", () => {
    const { events } = decode(
      camera.occurrences({
        zones: [zone, { eventId: 322, targetId: 32, status: "SMART_STOP", box }],
        ...{ overview, crop },
      }),
    );
    assert.deepEqual(
      events.map(({ state, targets, images }) => [
        state,
        targets.map(({ id, label }) => `${id} ${label}`),
        images.map(({ kind }) => kind),
      ]),
      [
        ["start", ["30 person"], ["overview", "target"]],
        ["end", ["32 person"], ["overview", "target"]],
      ],
    );
    assert.notEqual(events[0]?.id, events[1]?.id);
  });

  it("returns an event for each target if the items have no event id", () => {
    const xml = camera
      .occurrences({ zones: [zone, { ...zone, targetId: 33, status: "SMART_STOP" }] })
      .replace(/<eventId [^]*?<\/eventId>/g, "");
    assert.deepEqual(summaries(xml), [
      ["intrusion", "start", ["30"]],
      ["intrusion", "end", ["33"]],
    ]);
  });

  it("returns a start and an end if one event does both in one post", () => {
    const xml = camera.occurrences({ zones: [zone, { ...zone, status: "SMART_STOP" }] });
    assert.deepEqual(summaries(xml), [
      ["intrusion", "start", ["30"]],
      ["intrusion", "end", ["30"]],
    ]);
    const [start, end] = decode(xml).events;
    assert.equal(start?.id, end?.id);
  });

  it("returns one event if several targets share the event id and the state", () => {
    assert.deepEqual(summaries(camera.occurrences({ zones: [zone, { ...zone, targetId: 33 }] })), [
      ["intrusion", "start", ["30", "33"]],
    ]);
  });

  it("uses different ids at a line and in a zone, even if the numbers are the same", () => {
    const { events } = decode(camera.occurrences({ zones: [zone], lines: [{ ...line, eventId: 320 }] }));
    assert.notEqual(events[0]?.id, events[1]?.id);
  });

  it("recognizes an event by its block if it has no smartType", () => {
    const { kind, events } = decode(camera.occurrences({ lines: [line], smartType: null }));
    assert.deepEqual(
      [kind, events.map(({ type, vendorType }) => [type, vendorType])],
      ["data", [["lineCrossing", "PEA"]]],
    );
  });

  it("keeps the smartType of another event that uses the block", () => {
    assert.equal(only(camera.occurrences({ zones: [zone], smartType: "AOILEAVE" })).type, "regionExit");
    assert.equal(only(camera.occurrences({ zones: [zone], smartType: "LOITER" })).type, "loitering");
  });

  it("returns no event if only the rules have changed", () => {
    assert.deepEqual(decode(camera.rulesChanged()), { kind: "rules", dialect: "ipc", events: [] });
  });
});

describe("decodePost: faces by their corners", () => {
  it("have the box around the corners, in pixels of the overview", () => {
    const [target] = only(
      camera.faceByCorners({
        targetId: 15,
        corners: [
          [32, 9],
          [48, 9],
          [48, 27],
          [32, 27],
        ],
        overview,
        crop,
      }),
    ).targets;
    assert.deepEqual(target, {
      label: "face",
      id: "15",
      box: { x: 0.5, y: 0.25, width: 0.25, height: 0.5 },
    });
  });

  it("have no box if the corners are outside of the image", () => {
    const corners = [
      [10, 10],
      [9000, 20],
    ] as const;
    const [target] = only(camera.faceByCorners({ targetId: 15, corners, overview, crop })).targets;
    assert.equal(target?.box, undefined);
  });

  it("shares one decoded image among the events of a post, and no other object", () => {
    const zones = Array.from({ length: 50 }, (_, index) => ({
      ...{ eventId: index + 1, targetId: index + 1, status: "SMART_START" },
      box: { x1: 0, y1: 0, x2: 1000, y2: 1000 },
    }));
    const image = Buffer.alloc(100_000, 7);
    const scene =
      `<sourceDataInfo><dataType>0</dataType><width>640</width><height>480</height>` +
      `<sourceBase64Data><![CDATA[${image.toString("base64")}]]></sourceBase64Data></sourceDataInfo></config>`;
    const { events } = decode(camera.occurrences({ zones }).replace("</config>", scene));
    assert.equal(events.length, 50);
    assert.equal(new Set(events.map(({ images }) => images[0]?.data)).size, 1);
    assert.ok(events[0]?.images[0]?.data?.equals(image));
    for (const part of ["device", "channel", "targets", "images"] as const)
      assert.equal(new Set(events.map((event) => event[part])).size, 50, part);
  });
});
