import assert from "node:assert/strict";
import { topicOf, type CommonEvent } from "../../../src/events";

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
  it("consists of source, device, channel and type", () => {
    assert.equal(
      topicOf(event({ device: { name: "Yard" }, channel: { id: "101" } })),
      "detection/Yard/101/intrusion",
    );
  });

  it("names the device by id or host if there is no name", () => {
    assert.equal(topicOf(event({ device: { id: "7", host: "10.0.0.7" } })), "detection/7/1/intrusion");
    assert.equal(topicOf(event({ device: { host: "10.0.0.7" } })), "detection/10.0.0.7/1/intrusion");
  });

  for (const name of ["", "  "]) {
    it(`ignores the name ${JSON.stringify(name)}`, () => {
      const device = { name, id: "7" };
      assert.equal(topicOf(event({ device, channel: { id: "1" } })), "detection/7/1/intrusion");
      assert.equal(
        topicOf(event({ device: { name }, channel: { id: name } })),
        "detection/unknown/unknown/intrusion",
      );
    });
  }

  it("has four levels and no MQTT wildcards, whatever the names", () => {
    const topic = topicOf(event({ device: { name: "Hall/North #1" }, channel: { id: "a+b\0" } }));
    assert.equal(topic, "detection/Hall_North _1/a_b_/intrusion");
  });
});
