/** Guide, section 5.3.9, which also holds the search for face comparison records. */
import {
  choice,
  fields,
  id,
  idList,
  list,
  pageParameters,
  required,
  section,
  specialCharactersButBar,
  text,
  time,
} from "../define";
import { faceGroup } from "../results";

const { operation, pagedOperation } = section("5.3.9", "Face comparison groups");

const groupName = text("name", "Name of the group", {
  minLength: 1,
  maxLength: 32,
  forbidden: specialCharactersButBar,
});
const description = text("description", "Remark on the group", {
  minLength: 1,
  maxLength: 128,
  forbidden: specialCharactersButBar,
});
const upToTen = { maxLength: 1024, maxItems: 10 };

export const faceGroupOperations = [
  operation("/api/frs/v1/face/group", {
    summary: "Find face comparison groups by ID or by part of their name",
    parameters: [
      list("indexCodes", "ID of the group (one only)", { type: "string", maxLength: 64 }, { maxItems: 1 }),
      groupName,
    ],
    example: { indexCodes: ["3"], name: "Staff" },
    // The table has the array itself as `data`.
    result: faceGroup.map((name) => `list[].${name}`),
  }),
  operation("/api/frs/v1/face/group/batch/deletion", {
    summary: "Delete a face comparison group",
    parameters: [
      required(
        list(
          "indexCodes",
          "ID of the group (exactly one)",
          { type: "string", minLength: 1 },
          { minItems: 1, maxItems: 1, alsoNamed: ["indexCode"] },
        ),
      ),
    ],
    response: "nothing",
    example: { indexCodes: ["3"] },
  }),
  operation("/api/frs/v1/face/group/single/addition", {
    summary: "Add a face comparison group",
    parameters: [required(groupName), description],
    example: { name: "Staff", description: "Everybody with a badge" },
    result: faceGroup,
  }),
  operation("/api/frs/v1/face/group/single/update", {
    summary: "Change a face comparison group, also on the devices it has been applied to",
    parameters: [
      required(id("indexCode", "ID of the group", { maxLength: 10 })),
      required(groupName),
      { ...description, summary: "Remark on the group; removed if left out" },
    ],
    response: "nothing",
    example: { indexCode: "3", name: "Staff", description: "Badge holders" },
  }),
  pagedOperation("/api/frs/v1/face/groupList", {
    summary: "List all face comparison groups",
    example: { pageNo: 1, pageSize: 50 },
    members: faceGroup,
  }),
  operation("/api/frs/v1/plan/recognition/black/restart", {
    summary: "Send all faces of a face comparison group to its devices again",
    parameters: [
      // `indexCode` and an array in the table's text, a text called `indexCodes` in the example.
      required(
        text("indexCodes", "ID of the group (exactly one)", {
          minLength: 1,
          alsoNamed: ["indexCode"],
          accepts: ["array"],
        }),
      ),
    ],
    response: "nothing",
    example: { indexCodes: "3" },
  }),
  operation("/api/aiapplication/v1/face/faceMatchRecord", {
    summary: "Search the records of compared faces",
    parameters: [
      ...pageParameters,
      idList("cameraIndexCodes", "IDs of cameras, separated by commas", upToTen),
      idList("personIndexCodes", "IDs of persons, separated by commas", upToTen),
      idList("faceGroupIndexCodes", "IDs of face comparison groups, separated by commas", upToTen),
      required(time("startTime", "Search from")),
      required(time("endTime", "Search until")),
      choice("temperatureStatus", "Temperature", { [-1]: "all", 0: "unknown", 1: "normal", 2: "abnormal" }),
      choice("maskStatus", "Mask", { [-1]: "all", 0: "unknown", 1: "worn", 2: "not worn" }),
      text("temperatureThreshold", "Temperature from which a record counts"),
    ],
    timeWindow: { begin: "startTime", end: "endTime" },
    // No total in the table.
    paging: { pageNo: "pageNo", pageSize: "pageSize", list: "list" },
    example: {
      pageNo: 1,
      pageSize: 50,
      cameraIndexCodes: "31,32",
      startTime: "2024-03-01T08:00:00+01:00",
      endTime: "2024-03-01T18:00:00+01:00",
    },
    result: [
      ...fields("pageNo pageSize"),
      ...fields("recordIndexCode cameraInfo.cameraIndexCode cameraInfo.cameraName", "list[]."),
      ...fields("faceGroupIndexCodes faceGroupName", "list[].faceGroupInfo."),
      ...fields("personId personCode personName personFamilyName personGivenName", "list[].PersonInfo."),
      ...fields("similarity faceTime snapFacePicUrl bkgPicUrl", "list[]."),
      ...fields("height width x y", "list[].faceRect."),
      ...fields("height width x y", "list[].bkgRect."),
      ...fields("temperatureData temperatureStatus wearMaskStatus gender ageGroup glasses smile", "list[]."),
    ],
  }),
];
