/** Guide, section 5.3.11. */
import { choice, id, required, section, specialCharacters, text } from "../define";
import { alarmInput, alarmOutput } from "../results";
import { deviceTypes } from "./shared";

const { operation, pagedOperation } = section("5.3.11", "Alarm inputs and outputs");

const nameLimits = { maxLength: 32, forbidden: specialCharacters };
const device = id("devIndexCode", "ID of the device");
const region = id("regionIndexCode", "ID of the area");

export const alarmInputOutputOperations = [
  pagedOperation("/api/resource/v1/alarmInput/advance/alarmInputList", {
    summary: "Find alarm inputs by name, device or area",
    parameters: [text("alarmInputName", "Name of the alarm input", nameLimits), deviceTypes, device, region],
    example: { pageNo: 1, pageSize: 50, alarmInputName: "Smoke", regionIndexCode: "9" },
    members: alarmInput,
  }),
  pagedOperation("/api/resource/v1/alarmInputs", {
    summary: "List all alarm inputs",
    parameters: [deviceTypes],
    example: { pageNo: 1, pageSize: 100 },
    members: alarmInput,
  }),
  operation("/api/resource/v1/alarmInputs/indexCode", {
    summary: "Read one alarm input",
    parameters: [required(id("alarmInputIndexCode", "ID of the alarm input"))],
    example: { alarmInputIndexCode: "61" },
    result: alarmInput,
  }),
  // The guide's request line has "alarmOuput"; its heading, chapter 4 and history have "alarmOutput".
  pagedOperation("/api/resource/v1/alarmOutput/advance/alarmOutputList", {
    summary: "Find alarm outputs by name, device or area",
    parameters: [
      text("alarmOutputName", "Name of the alarm output", nameLimits),
      deviceTypes,
      device,
      region,
    ],
    example: { pageNo: 1, pageSize: 50, alarmOutputName: "Siren", devIndexCode: "12" },
    members: alarmOutput,
  }),
  operation("/api/resource/v1/alarmOutput/controlling", {
    summary: "Switch an alarm output on or off",
    parameters: [
      required(id("alarmOutputIndexCode", "ID of the alarm output")),
      required(choice("action", "Action", { 0: "switch off", 1: "switch on" })),
    ],
    response: "nothing",
    example: { alarmOutputIndexCode: "71", action: 1 },
  }),
  pagedOperation("/api/resource/v1/alarmOutputs", {
    summary: "List all alarm outputs",
    parameters: [deviceTypes],
    example: { pageNo: 1, pageSize: 100 },
    members: alarmOutput,
  }),
  operation("/api/resource/v1/alarmOutputs/indexCode", {
    summary: "Read one alarm output and its state",
    parameters: [required(id("alarmOutputIndexCode", "ID of the alarm output"))],
    example: { alarmOutputIndexCode: "71" },
    result: alarmOutput,
  }),
];
