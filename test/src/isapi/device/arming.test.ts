import assert from "node:assert/strict";
import { armed, nameEvents, readArming, type ArmedEvent } from "../../../../src/isapi/device/arming";
import { readChannels } from "../../../../src/isapi/device/channels";
import { ManualClock } from "../../../support/manual-clock";
import { OperationRig, type OperationRigOptions } from "../../../support/operation-rig";

describe("the events that a device is set to send", () => {
  let rig: OperationRig;
  afterEach(() => rig.end());

  async function read(options: OperationRigOptions = {}): Promise<ArmedEvent[]> {
    rig = await OperationRig.start(options);
    return readArming(rig.client, await readChannels(rig.client));
  }

  const triggers = {
    "VMD-1": "record",
    "fielddetection-1": "email",
    "fielddetection-2": "center",
    "IO-1": "beep",
    diskfull: "beep",
  };

  it("are read from its triggers, the switches of its detections, and the names of its channels", async () => {
    assert.deepEqual(await read({ settings: { triggers } }), [
      { trigger: "VMD-1", event: "VMD", channel: "1", channelName: "Gate", armed: false, linked: false },
      {
        ...{ trigger: "fielddetection-1", event: "fielddetection", channel: "1", channelName: "Gate" },
        ...{ armed: true, linked: false },
      },
      {
        ...{ trigger: "fielddetection-2", event: "fielddetection", channel: "2", channelName: "Yard" },
        ...{ armed: true, linked: true },
      },
      { trigger: "IO-1", event: "IO", linked: false },
      { trigger: "diskfull", event: "diskfull", linked: false },
    ]);
  });

  it("are read for a recorder's cameras, too", async () => {
    const events = await read({ device: { kind: "nvr" }, settings: { triggers: { "VMD-2": "center" } } });
    assert.deepEqual(events, [
      { trigger: "VMD-2", event: "VMD", channel: "2", channelName: "Yard", armed: false, linked: true },
    ]);
  });

  it("are read for image quality, too, and have no state if their switch is unknown", async () => {
    const events = await read({
      device: { kind: "nvr" },
      settings: { triggers: { "tamperdetection-1": "", "facedetection-1": "", "somethingNew-1": "" } },
    });
    assert.deepEqual(
      events.map(({ event, armed }) => [event, armed]),
      [
        ["tamperdetection", true],
        ["facedetection", undefined],
        ["somethingNew", undefined],
      ],
    );
  });

  it("are read one by one if the device does not list its triggers", async () => {
    const events = await read({ settings: { triggers, listsTriggers: false } });
    assert.deepEqual(
      events.map(({ trigger, armed, linked }) => [trigger, armed, linked]),
      [
        ["VMD-1", false, false],
        ["fielddetection-1", true, false],
        ["fielddetection-2", true, true],
      ],
    );
  });

  it("are unknown if the device has neither triggers nor switches", async () => {
    await assert.rejects(read({ settings: { triggers: {}, listsTriggers: false } }), {
      code: "ISAPI_STATUS",
    });
  });

  it("have no state if their switch cannot be read, unlike the others", async () => {
    rig = await OperationRig.start({ settings: { triggers } });
    const page = { status: 200, type: "text/html", body: "<html><body>hello</body></html>" };
    rig.device.handlers.set("/ISAPI/System/Video/inputs/channels/1/motionDetection", () => page);
    const events = await readArming(rig.client, []);
    assert.deepEqual(
      events.map(({ armed }) => armed),
      [undefined, true, true, undefined, undefined],
    );
  });

  it("have no state if a slow device has not sent it in twenty seconds", async () => {
    rig = await OperationRig.start({ settings: { triggers } });
    const clock = new ManualClock();
    rig.device.on("request", ({ url }) => {
      if (url.includes("motionDetection")) clock.advance(21);
    });
    const events = await readArming(rig.client, [], { clock });
    assert.deepEqual(
      events.map(({ armed }) => armed),
      [false, undefined, undefined, undefined, undefined],
    );
  });

  it("are read without changes to the device", async () => {
    await read({ settings: { triggers } });
    assert.deepEqual(rig.sent("PUT"), []);
  });

  it("are listed up to twenty in a message", async () => {
    const [event] = await read({ settings: { triggers: { "VMD-1": "" } } });
    assert.ok(event);
    assert.match(nameEvents(new Array<ArmedEvent>(25).fill(event)), / and 5 more$/);
  });

  it("are armed if their detection is on", async () => {
    const events = await read({ settings: { triggers } });
    assert.equal(nameEvents(armed(events)), "fielddetection on 1 (Gate), fielddetection on 2 (Yard)");
  });
});
