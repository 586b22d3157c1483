import assert from "node:assert/strict";
import { ChannelMap, type DeviceChannel } from "../../../../src/isapi/device/channels";

const own = (id: string, name?: string): DeviceChannel => ({ id, proxied: false, ...(name && { name }) });
const proxied = (id: string, name?: string): DeviceChannel => ({ id, proxied: true, ...(name && { name }) });
const mapOf = (...channels: DeviceChannel[]): ChannelMap => {
  const map = new ChannelMap();
  map.set(channels);
  return map;
};

describe("the channel of a number in an alert", () => {
  it("has the number of the device's paths, below 33", () => {
    assert.deepEqual(mapOf(proxied("1", "Gate"), proxied("2")).resolve("1"), { id: "1", name: "Gate" });
    assert.deepEqual(mapOf(proxied("1")).resolve("7"), { id: "7" });
  });

  it("has no name at a camera", () => {
    assert.deepEqual(mapOf(own("1", "Gate"), own("2", "Kiln")).resolve("2"), { id: "2" });
  });

  it("is a network recorder's first camera for 33, also after the removal of cameras", () => {
    const map = mapOf(proxied("1", "Yard"), proxied("4", "Dock"));
    assert.deepEqual(
      [map.resolve("33"), map.resolve("36")],
      [
        { id: "1", name: "Yard" },
        { id: "4", name: "Dock" },
      ],
    );
  });

  it("is the first camera behind a hybrid recorder's own inputs for 33", () => {
    const map = mapOf(own("1", "Till"), own("2", "Door"), proxied("3", "Yard"), proxied("5", "Dock"));
    assert.deepEqual(
      [map.resolve("2"), map.resolve("33"), map.resolve("35")],
      [
        { id: "2", name: "Door" },
        { id: "3", name: "Yard" },
        { id: "5", name: "Dock" },
      ],
    );
  });

  it("counts cameras from 1 if inputs have the same numbers", () => {
    assert.deepEqual(mapOf(own("1"), own("2"), proxied("1", "Yard"), proxied("2")).resolve("33"), {
      id: "1",
      name: "Yard",
    });
  });

  it("counts from 33 = 1 while the channels are unknown", () => {
    assert.deepEqual(new ChannelMap().resolve("34"), { id: "2" });
  });
});
