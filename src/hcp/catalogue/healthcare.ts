/** Guide, section 5.10: radars that watch over persons in beds. */
import { fields, number, pageParameters, required, section, text, time } from "./define";

const { operation } = section("5.10", "Healthcare");

const bed = [
  required(number("roomID", "ID of the room")),
  required(text("bedNo", "Number of the bed", { minLength: 1, maxLength: 32 })),
];
const period = [required(time("startTime", "Read from")), required(time("endTime", "Read until"))];
const timeWindow = { begin: "startTime", end: "endTime" };
const example = {
  roomID: 3,
  bedNo: "B2",
  startTime: "2024-03-01T20:00:00+01:00",
  endTime: "2024-03-02T08:00:00+01:00",
};

export const healthcareOperations = [
  operation("/api/healthcareradar/v1/room", {
    summary: "List the rooms, their beds and the persons in them",
    user: false,
    parameters: pageParameters,
    // `total` in the table, `totalNum` in the example.
    paging: { pageNo: "pageNo", pageSize: "pageSize", list: "roomlist", total: "totalNum" },
    example: { pageNo: 1, pageSize: 50 },
    result: [
      ...fields("pageSize pageNo totalNum"),
      ...fields("roomID roomNo description", "roomlist[]."),
      ...fields("bedNo personID personName", "roomlist[].bedlist[]."),
    ],
  }),
  operation("/api/healthcareradar/v1/heartbreath", {
    summary: "Read heart and breathing rates",
    user: false,
    parameters: [...bed, ...period],
    timeWindow,
    example,
    result: [
      ...fields("startTime endTime breathValue", "BreathData[]."),
      ...fields("startTime endTime heartValue", "HeartData[]."),
    ],
  }),
  operation("/api/healthcareradar/v1/livefeature", {
    summary: "Read a person's times in bed, getting up and areas",
    user: false,
    parameters: [...bed, ...period],
    timeWindow,
    example,
    result: [
      ...fields("inBedTime OutBedTime getUpTime rollOverTime"),
      ...["inBedData", "outBedData", "getUpData", "rollOverData"].flatMap((name) =>
        fields("startTime endTime", `${name}[].`),
      ),
      ...fields("AreaType EnterNum Data[].TimeInfo TotalTime", "AreaData[]."),
    ],
  }),
  operation("/api/healthcareradar/v1/sleepQuality", {
    summary: "Read the sleep of a person by depth and duration",
    user: false,
    parameters: [...bed, ...period],
    timeWindow,
    example,
    result: fields("TotalTime DeepSleepTime LightSleepTime AwakeTime SleepTime"),
  }),
  operation("/api/healthcareradar/v1/inBedStatus", {
    summary: "Read whether a person is in bed now",
    user: false,
    parameters: bed,
    example: { roomID: 3, bedNo: "B2" },
    result: ["InBedStatus"],
  }),
];
