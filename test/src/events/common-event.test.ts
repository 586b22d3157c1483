import assert from "node:assert/strict";
import { clampBox, isCommonEventType, topicOf, type CommonEvent } from "../../../src/events";

function event(part: Partial<CommonEvent>): CommonEvent {
  return {
    source: "detection",
    type: "intrusion",
    vendorType: "person",
    state: "start",
    id: "1",
    time: "2026-05-04T03:02:01.000Z",
    receivedTime: "2026-05-04T03:02:01.100Z",
    device: {},
    channel: { id: "1" },
    targets: [],
    images: [],
    details: {},
    ...part,
  };
}

describe("topicOf", () => {
  it("is source, device, channel and type", () => {
    assert.equal(
      topicOf(event({ device: { name: "Yard" }, channel: { id: "101" } })),
      "detection/Yard/101/intrusion",
    );
  });

  it("names the device by id and by host where there is no name", () => {
    assert.equal(topicOf(event({ device: { id: "7", host: "10.0.0.7" } })), "detection/7/1/intrusion");
    assert.equal(topicOf(event({ device: { host: "10.0.0.7" } })), "detection/10.0.0.7/1/intrusion");
  });

  it("has four levels and no MQTT wildcards whatever the names hold", () => {
    const topic = topicOf(event({ device: { name: "Hall/North #1" }, channel: { id: "a+b" } }));
    assert.equal(topic, "detection/Hall_North _1/a_b/intrusion");
  });
});

describe("clampBox", () => {
  it("leaves a box inside the image as it is", () => {
    assert.deepEqual(clampBox({ x: 0.25, y: 0.5, width: 0.25, height: 0.5 }), {
      x: 0.25,
      y: 0.5,
      width: 0.25,
      height: 0.5,
    });
  });

  it("cuts off what stands out of the image", () => {
    assert.deepEqual(clampBox({ x: -0.5, y: 0.75, width: 1, height: 1 }), {
      x: 0,
      y: 0.75,
      width: 0.5,
      height: 0.25,
    });
  });
});

describe("isCommonEventType", () => {
  it("knows the closed list and nothing else", () => {
    assert.ok(isCommonEventType("hardHat"));
    assert.ok(!isCommonEventType("VMD"));
  });
});
