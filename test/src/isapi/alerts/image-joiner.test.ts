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
  it("lets an alert without images go within 20 ms", () => {
    const { clock, joiner, released } = join();
    joiner.alert(alert());
    clock.advance(0.02);
    assert.deepEqual(released, [{ channel: "1", state: true, kinds: [] }]);
    assert.equal(clock.pending, 0);
  });

  it("waits for all images an alert announces, and then no longer", () => {
    const { clock, joiner, released } = join();
    joiner.alert(announced(2));
    clock.advance(1);
    joiner.image(part());
    assert.equal(released.length, 0);
    joiner.image(part({ "content-disposition": 'form-data; filename="faceImage.jpg"' }));
    assert.deepEqual(released[0]?.kinds, ["overview", "face"]);
  });

  it("gives up after 2 s, with what has come", () => {
    const { clock, joiner, released } = join();
    joiner.alert(announced(2));
    joiner.image(part());
    clock.advance(1.9);
    assert.equal(released.length, 0);
    clock.advance(0.2);
    assert.deepEqual(released[0]?.kinds, ["overview"]);
  });

  it("waits for a picture that begins unannounced, until it is there", () => {
    const { clock, joiner, released } = join();
    joiner.alert(alert());
    joiner.imageBegins();
    clock.advance(1.5);
    joiner.image(part());
    clock.advance(0.02);
    assert.equal(released[0]?.kinds.length, 1);
  });

  it("remembers which alerts come with images that arrive late, and forgets when they stop", () => {
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

  it("finds a picture's alert by contentID, name or filename, with or without extension", () => {
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

  it("gives a picture without a name to the alert before it", () => {
    const { joiner, released } = join();
    joiner.alert(announced(1, 1));
    joiner.alert(announced(1, 2));
    joiner.image(part());
    assert.equal(released[0]?.channel, "2");
    joiner.close();
  });

  it("lets no end overtake its start, but others pass", () => {
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

  it("names a picture that could not be fetched in time", () => {
    const { clock, joiner, released } = join();
    joiner.alert(alert({ bkgUrl: "http://camera.test/1.jpg" }));
    clock.advance(2.1);
    assert.deepEqual(released[0]?.kinds, ["overview"]);
  });

  it("holds a bounded number of alerts", () => {
    const { clock, joiner, released } = join();
    for (let channel = 1; channel <= 200; channel += 1) joiner.alert(announced(1, channel));
    assert.equal(released.length, 200 - 64);
    joiner.close();
    assert.equal(clock.pending, 0);
  });
});
