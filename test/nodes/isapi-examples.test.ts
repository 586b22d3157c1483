import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import { imageType } from "../../src/media/sniff";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { startHcpGateway, type GatewayAlarm, type HcpGateway } from "../servers/hcp-gateway";
import { SimulatedPtz, type PtzAction } from "../servers/isapi/ptz";
import { addRecorder } from "../servers/isapi/recordings";
import { SimulatedSettings } from "../servers/isapi/settings";
import { SimulatedThermalCamera, upload } from "../servers/isapi/thermal";
import { addSpeaker } from "../servers/isapi/two-way-audio";
import { SimulatedDevice } from "../servers/isapi-device";
import { RunningExample } from "../support/example";
import { tenMinutes } from "../support/recorder-scene";
import { tone } from "../support/wav";

const login = { username: "flow", password: "s3cret:pass" };

/** The examples, unchanged except for addresses and for times that a test does not need. */
describe("the examples for ISAPI devices, deployed", function () {
  this.timeout(20_000);
  let device: SimulatedDevice;
  beforeEach(async () => {
    device = await SimulatedDevice.start({ channels: ["Gate", "Kiln"] });
  });
  afterEach(async () => {
    await helper.unload();
    await device.close();
  });

  const deploy = (number: string, typedIn: Record<string, object> = {}): Promise<RunningExample> =>
    RunningExample.deploy(number, {
      typedIn: { "isapi-config": { url: device.url }, ...typedIn },
      credentials: { device: login },
    });
  /** Deploys an example that receives alarms. */
  async function deployListening(
    number: string,
    typedIn: Record<string, object> = {},
  ): Promise<RunningExample> {
    const [example] = await Promise.all([deploy(number, typedIn), once(device, "stream")]);
    return example;
  }

  describe("23 Move a camera", () => {
    it("moves by its buttons, goes to the preset on motion, and patrols after it", async () => {
      const ptz = new SimulatedPtz(device);
      const example = await deployListening("23");
      const shownAfter = async (act: () => void): Promise<unknown> => {
        const shown = example.next("show");
        act();
        return (await shown).payload;
      };
      const motion = (eventState: string) => (): void => {
        device.alert({ eventState });
      };
      assert.deepEqual(await shownAfter(motion("active")), { preset: 1 });
      assert.deepEqual(await shownAfter(motion("inactive")), { patrol: 1 });
      const moved = await shownAfter(() => {
        example.press("left");
      });
      assert.deepEqual(moved, { pan: -50, tilt: 0, zoom: 0, duration: 1 });
      assert.deepEqual(ptz.actions, [
        ["gotoPreset", 1],
        ["startPatrol", 1],
        ["continuous", -50, 0, 0],
      ]);
    });
  });

  describe("24 Measure temperatures", () => {
    it("reports rules above 60 °C, and measures by its buttons", async () => {
      const camera = new SimulatedThermalCamera(device);
      const opened = once(camera, "stream");
      const example = await deploy("24");
      await opened;
      const hot = example.next("show");
      camera.send(upload({ ruleID: 1, LinePolygonThermCfg: { MaxTemperature: 59 } }), upload());
      assert.equal(((await hot).payload as { rule: { id: string } }).rule.id, "4");
      const middle = example.next("measured");
      example.press("point");
      assert.deepEqual(((await middle).payload as { temperatures: object }).temperatures, {
        temperature: 28.6,
      });
      const rules = example.next("measured");
      example.press("rules");
      assert.equal(((await rules).payload as object[]).length, 1);
    });
  });

  describe("25 Download the minute around an alarm", () => {
    it("downloads the recording around an alarm, and lists the last hour", async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), "examples-"));
      try {
        const shown = new Date(Date.now() + 3600_000).toISOString().slice(0, 19);
        addRecorder(device, { stored: tenMinutes(2), localTime: () => `${shown}+01:00` });
        const example = await deployListening("25", {
          wait: { timeout: "1", timeoutUnits: "milliseconds" },
          download: { folder, format: "original" },
        });
        const saved = example.next("show");
        device.alert({ dateTime: "2026-03-02T08:15:00+01:00" });
        const { file, deviceStart } = (await saved).payload as { file: string; deviceStart: string };
        assert.equal(deviceStart, "2026-03-02T08:10:00Z");
        assert.equal((await readFile(file)).length, 1000);
        const listed = example.next("show");
        example.press("button");
        assert.deepEqual((await listed).payload, []);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

  describe("26 Spoken warning on intrusion", () => {
    it("plays the clip on intrusion, and sets the volume", async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), "examples-"));
      try {
        const file = path.join(folder, "warning.wav");
        await writeFile(file, tone(0.1));
        const speaker = addSpeaker(device);
        const example = await deployListening("26", { speak: { file, ffmpeg: await provideFfmpeg() } });
        const spoken = example.next("show");
        device.alert({ eventType: "fielddetection" });
        assert.equal(((await spoken).payload as { seconds: number }).seconds, 0.1);
        assert.ok(speaker.heard.length >= 800);
        const set = example.next("show");
        example.press("loud");
        await set;
        assert.equal(speaker.volume, "80");
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

  describe("27 Switch detection of a camera", () => {
    it("switches motion detection by its buttons, notifies the center, and sounds the siren for a while", async () => {
      const settings = new SimulatedSettings(device, { triggers: { "VMD-1": "" } });
      const example = await deploy("27", { pulse: { duration: "1", units: "ms" } });
      const enabledAfter = async (button: string): Promise<unknown> => {
        const shown = example.next("show");
        example.press(button);
        return ((await shown).payload as { enabled: boolean }).enabled;
      };
      assert.deepEqual([await enabledAfter("on"), await enabledAfter("off")], [true, false]);
      assert.equal(await enabledAfter("tell"), true);
      const notifications = settings.documents.get("/ISAPI/Event/triggers/VMD-1/notifications") ?? "";
      assert.match(notifications, /<notificationMethod>center</);
      assert.equal(await enabledAfter("siren"), true);
      while (settings.outputs.length < 2) await example.next("show");
      assert.deepEqual(settings.outputs, [
        [1, "high"],
        [1, "low"],
      ]);
    });
  });

  describe("28 Patrol on motion", () => {
    it("patrols on motion at the fixed camera, and returns home after it", async () => {
      const turning = await SimulatedDevice.start();
      try {
        const ptz = new SimulatedPtz(turning);
        const nextAction = async (): Promise<PtzAction> => (await once(ptz, "action"))[0] as PtzAction;
        const opened = once(device, "stream");
        await RunningExample.deploy("28", {
          typedIn: {
            fixed: { url: device.url },
            ptz: { url: turning.url },
            quiet: { duration: "1", units: "ms" },
          },
          credentials: { fixed: login, ptz: login },
        });
        await opened;
        const started = nextAction();
        device.alert();
        assert.deepEqual(await started, ["startPatrol", 1]);
        while (ptz.actions.at(-1)?.[0] !== "gotoPreset") await nextAction();
        assert.deepEqual(ptz.actions.slice(-2), [
          ["stopPatrol", 1],
          ["gotoPreset", 1],
        ]);
      } finally {
        await helper.unload();
        await turning.close();
      }
    });
  });

  describe("29 Fire alarm with temperature", () => {
    let gateway: HcpGateway;
    const keys = { appKey: "29000001", appSecret: "example-secret" };
    beforeEach(async () => {
      gateway = await startHcpGateway(keys);
    });
    afterEach(async () => {
      await helper.unload();
      await gateway.close();
    });

    async function deployFire(): Promise<RunningExample> {
      const opened = once(device, "stream");
      const example = await RunningExample.deploy("29", {
        typedIn: {
          "isapi-config": { url: device.url },
          "hcp-config": { url: gateway.url },
          "hcp-alarm-out": { host: "127.0.0.1", port: String(gateway.tcpPort) },
        },
        credentials: { device: login, server: keys },
      });
      await opened;
      return example;
    }
    const nextAlarm = async (): Promise<GatewayAlarm> => (await once(gateway, "alarm"))[0] as GatewayAlarm;

    it("raises an alarm with place, temperature and image, once", async () => {
      const example = await deployFire();
      let alarms = 0;
      gateway.on("alarm", () => (alarms += 1));
      const [alarm, image] = [nextAlarm(), example.next<NodeMessage & { text?: string }>("show")];
      const fire = { eventType: "fireDetection", channelID: 2, fireMaxTemperature: 320, targetDistance: 14 };
      device.alert(fire);
      device.alert(fire);
      const text = /Fire at Thermal camera: 320( °C|°), 14 m away$/;
      assert.match((await alarm).text, text);
      const { payload, text: shown } = await image;
      assert.match(shown ?? "", text);
      assert.ok(imageType(payload as Buffer) === "image/jpeg");
      assert.equal(alarms, 1);
    });

    it("contains the temperature in °C if the event has it", async () => {
      const example = await deployFire();
      const alarm = nextAlarm();
      const attributes = { temperature: 91.5, original: { temperature: 196.7, unit: "fahrenheit" } };
      example.node("text").receive({
        payload: {
          ...{ type: "temperature", state: "start", device: { host: "192.0.2.64" } },
          ...{ channel: { id: "2", name: "Kiln" }, targets: [{ label: "temperature", attributes }] },
          ...{ images: [], details: { currTemperature: "196.7" } },
        },
      });
      assert.equal((await alarm).text, "Fire watch: Temperature alarm at Kiln: 91.5 °C");
    });
  });

  describe("34 Dashboard of temperatures", () => {
    it("shows each rule in the chart, and the first two in their gauges", async () => {
      const camera = new SimulatedThermalCamera(device);
      const opened = once(camera, "stream");
      const example = await deploy("34");
      await opened;
      const charted: [unknown, unknown][] = [];
      example.node("chart").on("input", ({ topic, payload }) => charted.push([topic, payload]));
      const [first, second] = [example.next("gauge1"), example.next("gauge2")];
      camera.send(
        upload({ ruleID: 1, ruleName: "Door", LinePolygonThermCfg: { MaxTemperature: 71.5 } }),
        upload({
          ruleID: 2,
          ruleName: "",
          ruleCalibType: 0,
          PointThermCfg: { temperature: 44 },
          LinePolygonThermCfg: undefined,
        }),
        upload({ ruleID: 3, ruleName: "Roof", LinePolygonThermCfg: { MaxTemperature: 30 } }),
      );
      assert.deepEqual([(await first).payload, (await second).payload], [71.5, 44]);
      assert.deepEqual(charted, [
        ["Door", 71.5],
        ["Rule 2", 44],
        ["Roof", 30],
      ]);
    });
  });
});
