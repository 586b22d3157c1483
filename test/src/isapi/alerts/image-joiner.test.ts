import assert from "node:assert/strict";
import type { EventImage } from "../../../../src/events";
import { readAlert, type Alert } from "../../../../src/isapi/alerts/alert";
import { ImageJoiner } from "../../../../src/isapi/alerts/image-joiner";
import type { Part } from "../../../../src/isapi/stream/part-parser";
import { alertXml, jpeg, type AlertFields } from "../../../servers/isapi/alerts";
import { ManualClock } from "../../../support/manual-clock";

const part = (headers: Record<string, string> = {}): Part => ({ kind: "jpeg", headers, body: jpeg() });
const alert = (fields: AlertFields = {}, inner = ""): Alert =>
  readAlert(
    {
      kind: "xml",
      headers: {},
      body: Buffer.from(alertXml({ eventType: "fielddetection", ...fields }, inner)),
    },
    { host: "camera.test", now: 0 },
  );
const announced = (count: number, channelID = 1): Alert =>
  alert({ detectionPicturesNumber: count, channelID });

function join(fetched = new Promise<EventImage>(() => undefined)) {
  const clock = new ManualClock();
  const released: { channel: string; state: boolean; kinds: string[] }[] = [];
  const joiner = new ImageJoiner({
    clock,
    fetch: () => fetched,
    release: ({ rawChannel, active }, images) =>
      released.push({ channel: rawChannel, state: active, kinds: images.map(({ kind }) => kind) }),
  });
  return { clock, joiner, released };
}

describe("ImageJoiner", () => {
  it("releases an alert without images within 20 ms", () => {
    const { clock, joiner, released } = join();
    joiner.alert(alert());
    clock.advance(0.02);
    assert.deepEqual(released, [{ channel: "1", state: true, kinds: [] }]);
    assert.equal(clock.pending, 0);
  });

  it("releases an alert when all announced images have arrived", () => {
    const { clock, joiner, released } = join();
    joiner.alert(announced(2));
    clock.advance(1);
    joiner.image(part());
    assert.equal(released.length, 0);
    joiner.image(part({ "content-disposition": 'form-data; filename="faceImage.jpg"' }));
    assert.deepEqual(released[0]?.kinds, ["overview", "face"]);
  });

  it("releases an alert after 2 s with the images so far", () => {
    const { clock, joiner, released } = join();
    joiner.alert(announced(2));
    joiner.image(part());
    clock.advance(1.9);
    assert.equal(released.length, 0);
    clock.advance(0.2);
    assert.deepEqual(released[0]?.kinds, ["overview"]);
  });

  it("waits for the end of an unannounced image that has started", () => {
    const { clock, joiner, released } = join();
    joiner.alert(alert());
    joiner.imageBegins();
    clock.advance(1.5);
    joiner.image(part());
    clock.advance(0.02);
    assert.equal(released[0]?.kinds.length, 1);
  });

  it("learns which alerts have late images, and forgets it when the images stop", () => {
    const { clock, joiner, released } = join();
    joiner.alert(alert());
    clock.advance(0.05);
    joiner.image(part());
    assert.deepEqual(released.pop()?.kinds, []);
    joiner.alert(alert());
    clock.advance(0.5);
    joiner.image(part());
    clock.advance(0.02);
    assert.equal(released.pop()?.kinds.length, 1);
    joiner.alert(alert());
    clock.advance(2.1);
    assert.deepEqual(released.pop()?.kinds, []);
    joiner.alert(alert());
    clock.advance(0.02);
    assert.equal(released.length, 1);
  });

  it("finds the alert of an image by contentID, name or filename, with or without extension", () => {
    for (const headers of [
      { "content-id": "<pic7>" },
      { "content-disposition": 'form-data; name="pic7"' },
      { "content-disposition": "form-data; name=other; filename=PIC7.jpg" },
    ]) {
      const { joiner, released } = join();
      joiner.alert(alert({ channelID: 1 }, "<contentID>pic7</contentID>"));
      joiner.alert(announced(1, 2));
      joiner.image(part(headers));
      assert.deepEqual(released, [{ channel: "1", state: true, kinds: ["overview"] }]);
      joiner.close();
    }
  });

  it("adds an image without a name to the alert before it", () => {
    const { joiner, released } = join();
    joiner.alert(announced(1, 1));
    joiner.alert(announced(1, 2));
    joiner.image(part());
    assert.equal(released[0]?.channel, "2");
    joiner.close();
  });

  it("releases an end after its start, but other alerts at once", () => {
    const { joiner, released } = join();
    joiner.alert(announced(1));
    joiner.alert(alert({ eventState: "inactive" }));
    joiner.alert(alert({ eventState: "inactive", channelID: 2 }));
    assert.deepEqual(
      released.map(({ channel }) => channel),
      ["2"],
    );
    joiner.image(part());
    assert.deepEqual(
      released.map(({ channel, state }) => [channel, state]),
      [
        ["2", false],
        ["1", true],
        ["1", false],
      ],
    );
  });

  it("keeps the URL of an image that is not fetched in time", () => {
    const { clock, joiner, released } = join();
    joiner.alert(alert({ bkgUrl: "http://camera.test/1.jpg" }));
    clock.advance(2.1);
    assert.deepEqual(released[0]?.kinds, ["overview"]);
  });

  it("limits the number of waiting alerts", () => {
    const { clock, joiner, released } = join();
    for (let channel = 1; channel <= 200; channel += 1) joiner.alert(announced(1, channel));
    assert.equal(released.length, 200 - 64);
    joiner.close();
    assert.equal(clock.pending, 0);
  });
});
