import assert from "node:assert/strict";
import { IsapiClient } from "../../src/isapi/connection/client";
import { readText } from "../../src/isapi/connection/messages";
import { SimulatedSettings } from "./isapi/settings";
import { SimulatedDevice } from "./isapi-device";

const MOTION = "System/Video/inputs/channels/1/motionDetection";
const NOTIFICATIONS = "Event/triggers/VMD-1/notifications";
const TRIGGER = "System/IO/outputs/1/trigger";

describe("the simulated settings of a device", () => {
  let device: SimulatedDevice;
  let settings: SimulatedSettings;
  let client: IsapiClient;
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    settings = new SimulatedSettings(device);
    client = new IsapiClient({ url: device.url, username: "flow", password: "s3cret:pass" });
  });
  afterEach(async () => {
    await client.close();
    await device.close();
  });

  const send = async (method: string, path: string, body?: string): Promise<[number, string]> => {
    const response = await client.request({ method, path: `/ISAPI/${path}`, body });
    return [response.status, await readText(response.body)];
  };
  const motion = (): string => settings.documents.get(`/ISAPI/${MOTION}`) ?? "";
  const list = (inner: string, namespace = "http://www.hikvision.com/ver20/XMLSchema"): string =>
    `<EventTriggerNotificationList xmlns="${namespace}">${inner}</EventTriggerNotificationList>`;
  const entry = (id: string, method: string): string =>
    `<EventTriggerNotification><id>${id}</id><notificationMethod>${method}</notificationMethod></EventTriggerNotification>`;
  const output = (state: string): string => `<IOPortData><outputState>${state}</outputState></IOPortData>`;

  it("accept their own document", async () => {
    assert.equal((await send("PUT", MOTION, motion().replace(">false<", ">true<")))[0], 200);
    assert.match((await send("GET", MOTION))[1], /<enabled>true</);
    assert.equal(
      (await send("PUT", NOTIFICATIONS, list(entry("a", "record") + entry("b", "center"))))[0],
      200,
    );
    assert.equal((await send("PUT", TRIGGER, output("high")))[0], 200);
    assert.match((await send("GET", "System/IO/outputs/1/status"))[1], /<ioState>active</);
  });

  for (const [what, method, path, body, status] of [
    ["another method", "POST", MOTION, (own: string) => own, 405],
    ["an empty body", "PUT", MOTION, () => "", 400],
    ["text that is not XML", "PUT", MOTION, () => "enabled=true", 400],
    ["an incomplete document", "PUT", MOTION, (own: string) => own.slice(0, 200), 400],
    [
      "a part of the document",
      "PUT",
      MOTION,
      () =>
        '<MotionDetection xmlns="http://www.hikvision.com/ver20/XMLSchema"><enabled>true</enabled></MotionDetection>',
      400,
    ],
    [
      "a document without one element",
      "PUT",
      MOTION,
      (own: string) => own.replace(/<regionType>\w+<\/regionType>/, ""),
      400,
    ],
    [
      "another order of the elements",
      "PUT",
      MOTION,
      (own: string) =>
        own.replace(
          /(<samplingInterval>\d+<\/samplingInterval>)(<startTriggerTime>\d+<\/startTriggerTime>)/,
          "$2$1",
        ),
      400,
    ],
    ["another namespace", "PUT", MOTION, (own: string) => own.replace("/ver20/", "/ver10/"), 400],
    [
      "a switch that is neither on nor off",
      "PUT",
      MOTION,
      (own: string) => own.replace(">false<", ">yes<"),
      400,
    ],
    ["a level out of range", "PUT", MOTION, (own: string) => own.replace(">60<", ">101<"), 400],
    ["an unknown channel", "GET", MOTION.replace("/1/", "/9/"), () => undefined, 404],
    [
      "a recorder's path",
      "GET",
      "ContentMgmt/InputProxy/channels/1/video/motionDetection",
      () => undefined,
      404,
    ],
    ["an unknown event", "GET", NOTIFICATIONS.replace("VMD", "none"), () => undefined, 503],
    [
      "a notification without a method",
      "PUT",
      NOTIFICATIONS,
      () => list(entry("a", "record").replace(/<not.*d>/, "")),
      400,
    ],
    ["an unknown method", "PUT", NOTIFICATIONS, () => list(entry("a", "pigeon")), 400],
    [
      "two notifications with the same id",
      "PUT",
      NOTIFICATIONS,
      () => list(entry("a", "record") + entry("a", "center")),
      400,
    ],
    ["a state of an output other than high and low", "PUT", TRIGGER, () => output("on"), 400],
    ["to read a path that only accepts PUT", "GET", TRIGGER, () => undefined, 405],
    ["a restart with a body", "PUT", "System/reboot", () => "<Reboot/>", 400],
    ["a restart with GET", "GET", "System/reboot", () => undefined, 405],
    [
      "a time without its zone",
      "PUT",
      "System/time",
      () =>
        '<Time xmlns="http://www.hikvision.com/ver20/XMLSchema"><timeMode>manual</timeMode><localTime>2026-01-01T00:00:00</localTime></Time>',
      400,
    ],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const before = new Map(settings.documents);
      assert.equal((await send(method, path, body(motion())))[0], status);
      assert.deepEqual(settings.documents, before);
      assert.equal(settings.restarts, 0);
    });
  }
});
