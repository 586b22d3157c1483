import assert from "node:assert/strict";
import { alertJson, type AlertFields } from "../servers/isapi/alerts";
import {
  anpr,
  density,
  fireRegions,
  temperatureDifference,
  temperatureRegions,
} from "../servers/isapi/alert-documents";
import { AlertStreamRig } from "../support/alert-stream-rig";

describe("measurements of the isapi-alertstream-in node", () => {
  let rig: AlertStreamRig;
  beforeEach(() => {
    rig = new AlertStreamRig();
  });
  afterEach(() => rig.end());

  it("sends a fire, a temperature and a temperature difference with numbers in °C", async () => {
    await rig.deploy();
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert(
        { eventType: "fireDetection", channelID: 2 },
        fireRegions({ x: 500, y: 250, width: 125, height: 250, temperature: 1112, unit: "fahrenheit" }),
      );
      rig.device.alert({ eventType: "TMA", channelID: 2 }, temperatureRegions("TMA", { id: 7 }));
      rig.device.part(
        "application/json",
        alertJson(temperatureDifference("celsius", 10, 14.5) as AlertFields),
      );
    });
    assert.deepEqual(
      got.map(({ topic }) => topic),
      ["isapi/gate/2/fire", "isapi/gate/2/temperature", "isapi/gate/3/temperatureDifference"],
    );
    const [fire, hot, different] = got.map(({ payload }) => payload.targets[0]);
    assert.deepEqual([fire?.label, fire?.box?.x, fire?.attributes?.temperature], ["fire", 0.5, 600]);
    assert.deepEqual(hot?.attributes?.rule, { id: "7", name: "Motor 7", type: "region" });
    assert.equal(different?.attributes?.difference, 14.5);
  });

  it("sends the simultaneous alarms of two rules of a channel, and the warning before them", async () => {
    await rig.deploy();
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "TMPA", channelID: 2 }, temperatureRegions("TMPA", { id: 1 }));
      for (const id of [1, 2, 1, 2])
        rig.device.alert({ eventType: "TMA", channelID: 2 }, temperatureRegions("TMA", { id }));
    });
    assert.deepEqual(
      got.map(({ payload: { state, targets } }) => [
        state,
        targets[0]?.attributes?.level,
        (targets[0]?.attributes?.rule as { id: string }).id,
      ]),
      [
        ["start", "warning", "1"],
        ["start", "alarm", "1"],
        ["start", "alarm", "2"],
      ],
    );
  });

  it("sends one event for each rule of a report", async () => {
    await rig.deploy({ endAfter: "0" });
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "TMA" }, temperatureRegions("TMA", { id: 1 }));
      rig.device.alert({ eventType: "TMA" }, temperatureRegions("TMA", { id: 1 }, { id: 2 }));
      rig.device.alert({ eventType: "TMA", eventState: "inactive" }, temperatureRegions("TMA", { id: 1 }));
    });
    assert.deepEqual(
      got.map(({ payload: { state, targets } }) => [
        state,
        ...targets.map(({ attributes }) => (attributes?.rule as { id: string }).id),
      ]),
      [
        ["start", "1"],
        ["start", "2"],
        ["end", "1"],
      ],
    );
    assert.equal(got[2]?.payload.id, got[0]?.payload.id);
  });

  it("ends the events of all rules if the device names no rule", async () => {
    await rig.deploy({ endAfter: "0" });
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "TMA" }, temperatureRegions("TMA", { id: 1 }, { id: 2 }));
      rig.device.alert({ eventType: "TMA", eventState: "inactive" });
    });
    const states = got.map(({ payload: { state, id } }) => [state, id]);
    assert.ok(got.every(({ payload: { type } }) => type === "temperature"));
    const [first, second] = [got[0]?.payload.id, got[1]?.payload.id];
    assert.deepEqual(states, [
      ["start", first],
      ["start", second],
      ["end", first],
      ["end", second],
    ]);
  });

  for (const [eventTypes, expected] of [
    [
      "",
      ["temperature start", "temperatureDifference start", "temperature end", "temperatureDifference end"],
    ],
    ["temperatureDifference, marker1", ["temperatureDifference start", "temperatureDifference end"]],
  ] as const)
    it(`sends start and end of each rule with its own type, with the event types "${eventTypes}"`, async () => {
      await rig.deploy({ endAfter: "0", eventTypes });
      const difference = { id: 3, ruleType: "highest temp diff is higher than" };
      const got = await rig.collectUntilMarker(() => {
        rig.device.alert({ eventType: "TMA" }, temperatureRegions("TMA", { id: 1 }, difference));
        rig.device.alert({ eventType: "TMA", eventState: "inactive" });
      });
      assert.deepEqual(
        got.map(({ payload: { type, state } }) => `${type} ${state}`),
        expected,
      );
    });

  it("sends one event for a fire that spreads to several regions", async () => {
    await rig.deploy({ endAfter: "0" });
    const fire = { x: 500, y: 250, width: 125, height: 250, temperature: 320 };
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "fireDetection" }, fireRegions(fire));
      rig.device.alert({ eventType: "fireDetection" }, fireRegions(fire, fire));
      rig.device.alert({ eventType: "fireDetection", eventState: "inactive" });
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.state),
      ["start", "end"],
    );
  });

  it("sends every people count, but repeated density alarms once", async () => {
    await rig.deploy({ updates: false });
    const send = (fields: object): void => {
      rig.device.part("application/json", alertJson(fields as AlertFields));
    };
    const got = await rig.collectUntilMarker(() => {
      send(density("PDC"));
      send(density("timing"));
      send(density("trigger"));
      send(density("PQA"));
      for (const alarmTime of [200, 201, 202]) send(density("DSA", { DSA: { alarmTime } }));
    });
    assert.deepEqual(
      got.map(({ payload: { state, targets } }) => [
        state,
        targets[0]?.attributes?.dataSource,
        targets[0]?.attributes?.count,
      ]),
      [
        ["pulse", "PDC", 4],
        ["pulse", "timing", 3],
        ["start", "trigger", 6],
        ["start", "PQA", 9],
        ["start", "DSA", undefined],
      ],
    );
  });

  it("sends plate, lane, speed and list of a vehicle", async () => {
    await rig.deploy();
    const message = rig.nextEvent();
    rig.device.alert({ eventType: "ANPR" }, anpr("0012345", { vehicleListName: "blackList" }));
    const [target] = (await message).payload.targets;
    assert.equal(target?.plate, "0012345");
    const { speed, lane, listType } = target.attributes ?? {};
    assert.deepEqual({ speed, lane, listType }, { speed: 42, lane: "2", listType: "block" });
  });

  it("sends temperatures even if only people and vehicles are chosen as targets", async () => {
    await rig.deploy({ targets: "human, vehicle" });
    const got = await rig.collectUntilMarker(() => {
      rig.device.alert({ eventType: "TMA" }, temperatureRegions("TMA", {}));
      rig.device.alert({ eventType: "linedetection", detectionTarget: "animal" });
    });
    assert.deepEqual(
      got.map(({ payload }) => payload.type),
      ["temperature"],
    );
  });
});
