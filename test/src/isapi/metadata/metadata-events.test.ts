import assert from "node:assert/strict";
import type { CommonEvent } from "../../../../src/events";
import { readMetadata } from "../../../../src/isapi/metadata/document";
import { MetadataEvents } from "../../../../src/isapi/metadata/metadata-events";
import { fireDocument, thermometryDocument } from "../../../servers/isapi/metadata";
import { ManualClock } from "../../../support/manual-clock";

const rule = { id: 1, highest: 80, lowest: 20, average: 40 };

describe("MetadataEvents", () => {
  let clock: ManualClock;
  let events: CommonEvent[];
  let subject: MetadataEvents;

  function create(threshold?: number, name?: string): void {
    clock = new ManualClock();
    events = [];
    subject = new MetadataEvents({
      ...{ threshold, name, endAfter: 5, clock },
      emit: (event) => events.push(event),
    });
  }
  function take(xml: string, host = "cam"): void {
    subject.take(readMetadata(xml, clock.now()), host);
  }
  const states = (): string[] => events.map(({ type, state }) => `${type} ${state}`);

  it("makes an event of a rule at the threshold or above", () => {
    create(80, "Boiler");
    take(thermometryDocument([rule, { ...rule, id: 2, highest: 79.9 }]));
    const { id, receivedTime, details, ...event } = events[0] ?? assert.fail();
    assert.deepEqual(event, {
      source: "isapi",
      type: "temperature",
      vendorType: "thermometry",
      state: "start",
      time: "2026-05-04T09:08:07+02:00",
      device: { name: "Boiler", host: "cam", mac: "00:00:5e:00:53:2a" },
      channel: { id: "2" },
      targets: [
        {
          label: "temperature",
          box: { x: 0.25, y: 0.3, width: 0.5, height: 0.5 },
          attributes: {
            rule: { id: "1" },
            temperature: 80,
            threshold: 80,
            original: { temperature: 80, unit: "celsius" },
            highestPoint: { x: 0.6, y: 0.4 },
            region: [
              { x: 0.25, y: 0.3 },
              { x: 0.75, y: 0.3 },
              { x: 0.75, y: 0.8 },
              { x: 0.25, y: 0.8 },
            ],
          },
        },
      ],
      images: [],
    });
    assert.ok(id.length > 0 && receivedTime.length > 0 && details.TargetDetection !== undefined);
    assert.equal(events.length, 1);
  });

  it("keeps one event while it is too hot, and ends it after the time below the threshold", () => {
    create(70);
    for (let second = 0; second < 8; second++) {
      take(thermometryDocument([rule]));
      clock.advance(1);
    }
    // A short dip does not end the event.
    take(thermometryDocument([{ ...rule, highest: 60 }]));
    clock.advance(2);
    take(thermometryDocument([rule]));
    assert.deepEqual(states(), ["temperature start"]);
    clock.advance(5);
    assert.deepEqual(states(), ["temperature start", "temperature end"]);
    assert.equal(events[1]?.id, events[0]?.id);
    take(thermometryDocument([rule]));
    assert.notEqual(events[2]?.id, events[0]?.id);
  });

  it("separates rules, channels and cameras", () => {
    create(70);
    take(thermometryDocument([rule, { ...rule, id: 2 }]));
    take(thermometryDocument([rule], { channel: 3 }));
    take(thermometryDocument([rule]), "other");
    assert.equal(new Set(events.map(({ id }) => id)).size, 4);
  });

  it("compares in °C for every unit of the camera", () => {
    create(70);
    take(thermometryDocument([{ ...rule, highest: 157 }], { unit: "fahrenheit" }));
    assert.deepEqual(states(), []);
    take(thermometryDocument([{ ...rule, highest: 159 }], { unit: "fahrenheit" }));
    assert.deepEqual(states(), ["temperature start"]);
    assert.deepEqual(events[0]?.targets[0]?.attributes?.original, { temperature: 159, unit: "fahrenheit" });
  });

  it("makes no event of temperatures without a threshold, or with an unknown unit", () => {
    create();
    take(thermometryDocument([rule]));
    create(10);
    take(thermometryDocument([rule], { unit: "reaumur" }));
    assert.deepEqual(states(), []);
  });

  it("makes an event of every fire without a threshold, with place, distance and temperature in one target", () => {
    create();
    take(
      fireDocument([
        { distance: 250, temperature: 310 },
        { distance: 400, temperature: 290 },
      ]),
    );
    assert.deepEqual(states(), ["fire start"]);
    const [near, far] = events[0]?.targets ?? [];
    assert.equal(near?.label, "fire");
    assert.equal(near.box?.y, 0.5);
    const { region, ...attributes } = near.attributes ?? {};
    assert.equal((region as unknown[]).length, 4);
    assert.deepEqual(attributes, {
      temperature: 310,
      original: { temperature: 310, unit: "celsius" },
      distance: 250,
      highestPoint: { x: 0.15, y: 0.6 },
    });
    assert.deepEqual([far?.attributes?.distance, far?.attributes?.temperature], [400, 290]);
  });

  it("ignores fires below the threshold, but not a fire of unknown temperature", () => {
    create(300);
    take(fireDocument([{ distance: 400, temperature: 290 }]));
    assert.deepEqual(states(), []);
    take(fireDocument([{ distance: 400, temperature: 290 }]).replace("tempValue", "other"));
    assert.deepEqual(states(), ["fire start"]);
  });

  it("makes no event of a document without fires, or of another kind", () => {
    create(10);
    take(fireDocument([]));
    take(thermometryDocument([rule]).replace("thermometry", "faceDetection"));
    assert.deepEqual(states(), []);
  });

  it("emits no event after close", () => {
    create(10);
    take(thermometryDocument([rule]));
    subject.close();
    clock.advance(60);
    assert.deepEqual(states(), ["temperature start"]);
    assert.equal(clock.pending, 0);
  });
});
