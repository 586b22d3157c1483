/** Guide, section 5.8. The guide also has `visitor/v1/auth/reapplication` here; the catalogue lists it with 5.6. */
import {
  choice,
  fields,
  id,
  inHeader,
  list,
  number,
  objectList,
  pageParameters,
  plainText,
  required,
  section,
  time,
} from "./define";
import type { Parameter } from "./types";

const { operation, pagedOperation } = section("5.8", "Access control");

const levelId = required(id("privilegeGroupId", "ID of the access level"));
/** Numbered from 1 here and from 0 in `auth/applicationResult`, as printed. */
const levelKind = required(choice("type", "Kind of access level", { 1: "access control", 2: "visitor" }));
const persons = required(
  objectList("list", "Persons or visitors", [required(id("id", "ID of the person or visitor"))]),
);

function doors(): Parameter {
  return required(
    list(
      "doorIndexCodes",
      "IDs of doors, at most ten",
      { type: "string", minLength: 1 },
      { minItems: 1, maxItems: 10 },
    ),
  );
}

export const accessControlOperations = [
  operation("/api/acs/v1/auth/applicationResult", {
    summary: "Read whether persons and access levels were applied to the devices",
    parameters: [
      required(choice("applicationResultType", "Information to read", { 1: "counts", 2: "errors" })),
      // Only errors come in pages.
      ...pageParameters.map((page) => ({ ...page, required: false })),
      required(choice("type", "Kind of access level", { 0: "access control", 1: "visitor" })),
    ],
    // Counts come without this list.
    paging: { pageNo: "pageNo", pageSize: "pageSize", list: "applicationErrorResult.list" },
    example: { applicationResultType: 2, pageNo: 1, pageSize: 50, type: 0 },
    result: [
      ...fields("unApplicationCount applicationFailCount editAndUnApplicationCount", "statisticResult."),
      ...fields("pageSize pageNo applicationFailCount list[].deviceName", "applicationErrorResult."),
      ...fields("personName resourceName errorItems", "applicationErrorResult.list[].errorList[]."),
    ],
  }),
  operation("/api/acs/v1/door/doControl", {
    summary: "Open, close or hold doors",
    parameters: [
      doors(),
      required(
        // This table has "remain open" for 3 as well. The meaning is in the state of a door (A.1.13).
        choice("controlType", "Action", {
          0: "remain open",
          1: "close",
          2: "open",
          3: "remain closed",
        }),
      ),
    ],
    example: { doorIndexCodes: ["14", "15"], controlType: 2 },
    // The example has this list wrapped in a second one.
    result: fields("doorIndexCode controlResultCode controlResultDesc", "[]."),
  }),
  pagedOperation("/api/acs/v1/door/events", {
    summary: "Search the access records of doors",
    parameters: [
      // Required in the table; a note below it requires this or a name.
      number("eventType", "Event type code", { min: 1 }),
      plainText("personName", "Name of the person", 32),
      // A text in the table, a list in the example.
      doors(),
      required(time("startTime", "Search from")),
      required(time("endTime", "Search until, at most 31 days later")),
      choice("temperatureStatus", "Temperature", { 0: "unknown", 1: "normal", 2: "abnormal" }),
      choice("wearMaskStatus", "Mask", { 0: "unknown", 1: "worn", 2: "not worn" }),
    ],
    atLeastOne: [["eventType", "personName"]],
    timeWindow: { begin: "startTime", end: "endTime", maxDays: 31 },
    example: {
      eventType: 198914,
      doorIndexCodes: ["14"],
      startTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-08T00:00:00+01:00",
      pageNo: 1,
      pageSize: 100,
    },
    members: fields(
      `eventId eventType eventTime deviceTime personId personName personFamilyName personGivenName doorName
       doorIndexCode cardNo checkInAndOutType picUri temperatureData temperatureStatus wearMaskStatus
       readerIndexCode readerName`,
    ),
  }),
  operation("/api/acs/v1/event/pictures", {
    summary: "Download the image of an access record",
    user: false,
    parameters: [
      inHeader(number("domainId", "ID of the network domain")),
      required(id("picUri", "Image address from the access record", { maxLength: 512 })),
    ],
    response: "image",
    example: { picUri: "7C1D5E90" },
  }),
  pagedOperation("/api/acs/v1/privilege/group", {
    summary: "List the access levels",
    parameters: [levelKind],
    example: { pageNo: 1, pageSize: 50, type: 1 },
    members: [
      ...fields("privilegeGroupId privilegeGroupName description"),
      ...fields("indexCode name", "timeSchedule."),
    ],
  }),
  operation("/api/acs/v1/privilege/group/single/addPersons", {
    summary: "Give an access level to persons",
    parameters: [levelId, levelKind, persons],
    response: "nothing",
    example: { privilegeGroupId: "1", type: 1, list: [{ id: "204" }] },
  }),
  operation("/api/acs/v1/privilege/group/single/deletePersons", {
    summary: "Remove an access level from persons",
    parameters: [levelId, levelKind, persons],
    response: "nothing",
    example: { privilegeGroupId: "1", type: 1, list: [{ id: "204" }] },
  }),
  pagedOperation("/api/acs/v1/privilege/group/single/personList", {
    summary: "List the persons who have an access level (visitors are not supported yet)",
    parameters: [levelKind, levelId],
    example: { pageNo: 1, pageSize: 50, type: 1, privilegeGroupId: "1" },
    members: ["id"],
  }),
];
