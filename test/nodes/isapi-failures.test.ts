import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { NodeInitializer, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import isapiAudio from "../../nodes/isapi-audio";
import isapiConfig from "../../nodes/isapi-config";
import isapiPtz from "../../nodes/isapi-ptz";
import isapiRequest from "../../nodes/isapi-request";
import isapiRecordings from "../../nodes/isapi-recordings";
import isapiSnapshot from "../../nodes/isapi-snapshot";
import isapiThermometry from "../../nodes/isapi-thermometry";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { SimulatedPtz } from "../servers/isapi/ptz";
import { jpeg } from "../servers/isapi/alerts";
import { addRecorder } from "../servers/isapi/recordings";
import { SimulatedSettings } from "../servers/isapi/settings";
import { SimulatedThermalCamera } from "../servers/isapi/thermal";
import { addSpeaker } from "../servers/isapi/two-way-audio";
import { SimulatedDevice } from "../servers/isapi-device";
import { allFailures, breakdowns, otherDocuments, refusals, type Failure } from "../support/isapi-failures";
import { recordedSpan, tenMinutes } from "../support/recorder-scene";
import { assertNothingSaid, lastStatusOf } from "../support/said";
import { tone } from "../support/wav";
import { wireNode, type CaughtMessage, type WiredNode } from "../support/wired-node";

const PASSWORD = "s3cret:pass";
const WRONG_PASSWORD = "wr0ng:pass";

/** Something that a node asks of its device when a message tells it to. */
interface Task {
  what: string;
  msg: object;
  /** What the device is asked for, and fails at. */
  asked: string;
  failures?: Failure[];
}

interface Subject {
  type: string;
  initializer: NodeInitializer;
  config: object;
  /** Gives the device what the node needs. */
  equip: (device: SimulatedDevice) => void;
  tasks: Task[];
  /** Messages that cannot be meant, and are not sent to the device. */
  wrongMessages: object[];
}

const THERMOMETRY = "/ISAPI/Thermal/channels/2/thermometry";
const SPEAKER = "/ISAPI/System/TwoWayAudio/channels";

/** By which the recording lies in the span that is asked for. */
const anHourAhead = (): string => `${new Date(Date.now() + 3600_000).toISOString().slice(0, 19)}+01:00`;

const subjects: Subject[] = [
  {
    type: "isapi-snapshot",
    initializer: isapiSnapshot,
    config: { channel: "101" },
    equip: (device) => {
      const body = jpeg(2000);
      const picture = { status: 200, type: "image/jpeg", body };
      device.handlers.set("/ISAPI/Streaming/channels/101/picture", () => picture);
      // Wherever else it may be looked for.
      const elsewhere = [
        "/ISAPI/Streaming/channels/1/picture",
        "/ISAPI/ContentMgmt/StreamingProxy/channels/101/picture",
      ];
      for (const path of elsewhere) device.handlers.set(path, () => ({ status: 404 }));
    },
    tasks: [
      {
        what: "taking a picture",
        msg: {},
        asked: "/ISAPI/Streaming/channels/101/picture",
      },
    ],
    wrongMessages: [{ channel: "x" }, { width: 0 }, { stream: "fourth" }],
  },
  {
    type: "isapi-ptz",
    initializer: isapiPtz,
    config: { channel: "1", command: "status" },
    equip: (device) => new SimulatedPtz(device),
    tasks: [
      { what: "moving", msg: { command: "left" }, asked: "/ISAPI/PTZCtrl/channels/1/continuous" },
      { what: "momentary", msg: { command: "momentary" }, asked: "/ISAPI/PTZCtrl/channels/1/momentary" },
      {
        what: "focusing",
        msg: { command: "focus" },
        asked: "/ISAPI/System/Video/inputs/channels/1/focus",
      },
      {
        what: "going to a preset",
        msg: { command: "gotoPreset", preset: 1 },
        asked: "/ISAPI/PTZCtrl/channels/1/presets/1/goto",
      },
      {
        what: "starting a patrol",
        msg: { command: "startPatrol", patrol: 1 },
        asked: "/ISAPI/PTZCtrl/channels/1/patrols/1/start",
      },
      { what: "position", msg: { command: "status" }, asked: "/ISAPI/PTZCtrl/channels/1/status" },
      { what: "list of presets", msg: { command: "presets" }, asked: "/ISAPI/PTZCtrl/channels/1/presets" },
      { what: "list of patrols", msg: { command: "patrols" }, asked: "/ISAPI/PTZCtrl/channels/1/patrols" },
      {
        what: "limits",
        msg: { command: "capabilities" },
        asked: "/ISAPI/PTZCtrl/channels/1/capabilities",
        // A channel that publishes no limits has the guide's.
        failures: allFailures.filter(({ code }) => code !== "ISAPI_NOT_FOUND"),
      },
    ],
    wrongMessages: [
      { command: "dance" },
      { command: "left", duration: 0 },
      { command: "left", channel: "../1" },
      { command: "continuous", pan: 101 },
      { command: "gotoPreset", preset: 21 },
      { command: "gotoPreset", preset: "home" },
      { command: "startPatrol", patrol: 5 },
      { command: "absolute", pan: 400, tilt: 0, zoom: 1 },
    ],
  },
  {
    type: "isapi-recordings",
    initializer: isapiRecordings,
    config: recordedSpan,
    equip: (device) => addRecorder(device, { stored: tenMinutes(1), localTime: anHourAhead }),
    tasks: [
      { what: "search", msg: { action: "search" }, asked: "/ISAPI/ContentMgmt/search" },
      { what: "playback URL", msg: { action: "playbackUrl" }, asked: "/ISAPI/System/time" },
      {
        what: "download",
        msg: { action: "download" },
        asked: "/ISAPI/ContentMgmt/download",
        // Of bytes, nobody knows whether they are a recording.
        failures: [...refusals, ...breakdowns, ...otherDocuments],
      },
    ],
    wrongMessages: [{ action: "destroy" }, { track: "x" }, { start: "soon" }, { end: recordedSpan.start }],
  },
  {
    type: "isapi-audio",
    initializer: isapiAudio,
    config: {},
    equip: (device) => addSpeaker(device),
    tasks: [
      { what: "list of channels", msg: { action: "status" }, asked: SPEAKER },
      { what: "setting the volume", msg: { action: "volume", volume: 30 }, asked: `${SPEAKER}/1` },
      { what: "opening", msg: { action: "open" }, asked: `${SPEAKER}/1/open` },
      { what: "question for the codec", msg: { payload: tone(0.05) }, asked: `${SPEAKER}/1` },
      { what: "opening for a clip", msg: { payload: tone(0.05) }, asked: `${SPEAKER}/1/open` },
      {
        what: "talking",
        msg: { payload: tone(0.05) },
        asked: `${SPEAKER}/1/audioData`,
        // Whatever comes with the answer is not looked at.
        failures: [...refusals, ...breakdowns],
      },
    ],
    wrongMessages: [{ action: "sing" }, { action: "volume", volume: 101 }, { action: "open", channel: "x" }],
  },
  {
    type: "isapi-thermometry",
    initializer: isapiThermometry,
    config: { channel: "2", mode: "manual" },
    equip: (device) => new SimulatedThermalCamera(device),
    tasks: [
      { what: "capabilities", msg: { mode: "image" }, asked: "/ISAPI/Thermal/capabilities" },
      { what: "unit", msg: {}, asked: `${THERMOMETRY}/basicParam` },
      { what: "measurement", msg: {}, asked: `${THERMOMETRY}/1/rulesTemperatureInfo` },
      { what: "picture", msg: { mode: "image" }, asked: `${THERMOMETRY}/jpegPicWithAppendData` },
      {
        what: "measurement of a point",
        msg: { point: { x: 0.5, y: 0.5 } },
        asked: `${THERMOMETRY}/jpegPicWithAppendData`,
      },
    ],
    wrongMessages: [
      { mode: "guess" },
      { mode: "realtime" },
      { channel: "x" },
      { point: { x: 2, y: 0 } },
      { region: { x: 0, y: 0 } },
    ],
  },
  {
    type: "isapi-request",
    initializer: isapiRequest,
    config: { operation: "msg" },
    equip: (device) => new SimulatedSettings(device),
    tasks: [
      {
        what: "switching",
        msg: { operation: "lineDetection", state: "on" },
        asked: "/ISAPI/Smart/LineDetection/1",
      },
      {
        what: "switching an output",
        msg: { operation: "alarmOutput", state: "on" },
        asked: "/ISAPI/System/IO/outputs/1/trigger",
      },
      {
        what: "state of an output",
        msg: { operation: "alarmOutput", state: "read" },
        asked: "/ISAPI/System/IO/outputs/1/status",
      },
      { what: "setting the clock", msg: { operation: "setTime" }, asked: "/ISAPI/System/time" },
      { what: "reading a document", msg: { operation: "deviceStatus" }, asked: "/ISAPI/System/status" },
    ],
    wrongMessages: [
      {},
      { operation: "motionDetecton" },
      { operation: "reboot" },
      { operation: "lineDetection", channel: "1/../2" },
      { operation: "lineDetection", state: "maybe" },
      { operation: "alarmOutput", output: "x" },
      { operation: "notifyCenter", trigger: "VMD/x" },
      { operation: "setTime", time: "noon" },
    ],
  },
];

describe("where the device fails", function () {
  this.timeout(20_000);
  let device: SimulatedDevice;
  let folder: string;
  let ffmpeg: string;
  before(async () => {
    ffmpeg = await provideFfmpeg();
  });
  beforeEach(async () => {
    device = await SimulatedDevice.start();
    folder = await mkdtemp(path.join(os.tmpdir(), "failures-"));
  });
  afterEach(async () => {
    await helper.unload();
    await device.close();
    await rm(folder, { recursive: true });
  });

  function deploy(
    { type, initializer, config }: Omit<Subject, "equip" | "tasks">,
    password = PASSWORD,
  ): Promise<WiredNode<NodeMessage>> {
    return wireNode(
      initializer,
      { type, device: "dev", folder, ffmpeg, ...config },
      {
        initializers: [isapiConfig],
        nodes: [{ id: "dev", type: "isapi-config", url: device.url, timeout: "0.3" }],
        credentials: { dev: { username: "flow", password } },
      },
    );
  }

  /** @returns mends it */
  function breakAt(asked: string, answer: Failure["answer"]): () => void {
    const working = device.handlers.get(asked);
    assert.ok(working !== undefined, `the device does not know ${asked}`);
    device.handlers.set(asked, answer);
    return () => device.handlers.set(asked, working);
  }

  /** That an error is one which a flow can go by and a person can read. */
  function assertReadable(error: CaughtMessage["error"] | undefined, code: string): void {
    assert.equal(error?.code, code, error?.message);
    assert.ok(error.message.includes(`127.0.0.1:${device.port}`), `no device in: ${error.message}`);
  }

  for (const subject of subjects) {
    describe(subject.type, () => {
      beforeEach(() => {
        subject.equip(device);
      });

      for (const { what, msg, asked, failures = allFailures } of subject.tasks) {
        for (const failure of failures) {
          it(`${what}: says ${failure.code} where the device ${failure.what}, and works again later`, async () => {
            const { node, handle, received } = await deploy(subject);
            const endings: (string | undefined)[] = [];
            helper.getNode("ended").on("input", ({ _msgid }: NodeMessage) => endings.push(_msgid));
            const mend = breakAt(asked, failure.answer);

            assertReadable(await handle({ ...msg, _msgid: "failing" }), failure.code);
            const { fill, text } = lastStatusOf(node);
            assert.deepEqual({ fill, text }, { fill: "red", text: `status.error.${failure.code}` });
            assert.equal(received.length, 0);

            mend();
            assert.equal(await handle({ ...msg, _msgid: "working" }), undefined);
            assert.equal(received.length, 1);
            assert.notEqual(lastStatusOf(node).fill, "red");
            assert.deepEqual(endings, ["failing", "working"]);
            assertNothingSaid(node, [PASSWORD]);
          });
        }
      }

      for (const msg of subject.wrongMessages) {
        it(`says CONFIG_INVALID of ${JSON.stringify(msg)}, which changes nothing`, async () => {
          const { node, handle, received } = await deploy(subject);
          assert.equal((await handle({ ...msg }))?.code, "CONFIG_INVALID");
          const { fill, text } = lastStatusOf(node);
          assert.deepEqual({ fill, text }, { fill: "red", text: "status.error.CONFIG_INVALID" });
          assert.equal(received.length, 0);
          assert.deepEqual(
            device.requests.filter(({ method }) => method !== "GET"),
            [],
          );
        });
      }

      it("tries a wrong password once, and works again with the right one", async () => {
        const [task] = subject.tasks;
        const { node, handle } = await deploy(subject, WRONG_PASSWORD);
        assertReadable(await handle({ ...task?.msg }), "ISAPI_AUTH");
        assert.equal(lastStatusOf(node).text, "status.error.ISAPI_AUTH");
        const requests = device.requests.length;
        assertReadable(await handle({ ...task?.msg }), "ISAPI_LOCKED");
        assert.equal(lastStatusOf(node).text, "status.error.ISAPI_LOCKED");
        assert.equal(device.requests.length, requests);
        assert.equal(device.guard.failures, 1);
        assertNothingSaid(node, [WRONG_PASSWORD]);

        await helper.unload();
        const corrected = await deploy(subject);
        assert.equal(await corrected.handle({ ...task?.msg }), undefined);
      });
    });
  }
});
