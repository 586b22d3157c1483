/** Guide, section 5.6. */
import {
  choice,
  fields,
  id,
  number,
  object,
  pageParameters,
  required,
  section,
  text,
  textChoice,
  time,
} from "./define";
import { visitor } from "./results";
import { accessInfo, visit, visitorInfo } from "./visitor-parts";

const { operation, pagedOperation } = section("5.6", "Visitors");

const recordId = required(id("appointRecordId", "ID of the reservation; a change gives it a new one"));
/** In the guide's examples these pages begin at 0, and 0 entries a page seem to mean all. */
const pageFromZero = [
  required(number("pageIndex", "Page to return", { min: 0, max: 2_147_483_647, alsoNamed: ["pageNo"] })),
  required(number("pageSize", "Entries per page", { min: 0, max: 500 })),
];

const visitExample = {
  receptionistId: "204",
  visitStartTime: "2024-03-01T09:00:00+01:00",
  visitEndTime: "2024-03-01T17:00:00+01:00",
  visitPurposeType: 3,
  visitorInfoList: [{ VisitorInfo: { visitorFamilyName: "Ito", visitorGivenName: "Ken", gender: 1 } }],
};
const reservationExample = {
  receptionistId: "204",
  appointStartTime: "2024-03-01T09:00:00+01:00",
  appointEndTime: "2024-03-01T17:00:00+01:00",
  visitReasonType: 3,
  visitorInfoList: [{ VisitorInfo: { visitorFamilyName: "Ito", visitorGivenName: "Ken", gender: 1 } }],
  accessInfo: { accessLevelList: [{ accessLevel: { id: 1, baseInfo: { name: "Ground floor" } } }] },
};

const visitWindow = { begin: "visitStartTime", end: "visitEndTime" };
const reservationWindow = { begin: "appointStartTime", end: "appointEndTime" };

const reservation = [
  id("receptionistId", "ID of the person to be visited"),
  required(time("appointStartTime", "Expected arrival")),
  required(time("appointEndTime", "Expected departure; the visitor's access ends here")),
  required(choice("visitReasonType", "Reason of the visit", visit.reasons)),
  text("visitReasonDetail", "Reason as text", {
    maxLength: 128,
    requiredWhen: { parameter: "visitReasonType", values: [4] },
  }),
  visitorInfo,
  accessInfo,
];

export const visitorOperations = [
  operation("/api/visitor/v1/appointment", {
    summary: "Check in a visitor (older; replaced by visitor/registerment)",
    parameters: [id("receptionistId", "ID of the person to be visited"), ...visit.parameters],
    timeWindow: visitWindow,
    example: visitExample,
    result: ["appointRecordId", "visitorId"],
  }),
  operation("/api/visitor/v1/appointment/update", {
    summary: "Change a checked-in visitor (older; replaced by visitor/registerment/update)",
    parameters: [
      recordId,
      id("receptionistId", "ID of the person to be visited", { maxLength: 16 }),
      ...visit.parameters,
    ],
    timeWindow: visitWindow,
    example: { appointRecordId: "88", ...visitExample },
    result: ["appointRecordId"],
  }),
  operation("/api/visitor/v1/registerment", {
    summary: "Check in a visitor, with or without a reservation",
    parameters: [
      id("receptionistId", "ID of the person to be visited"),
      id("appointId", "ID of the reservation"),
      id("visitorId", "ID of the visitor"),
      ...visit.parameters,
    ],
    timeWindow: visitWindow,
    example: { appointId: "88", ...visitExample },
    result: ["appointRecordId", "visitorId"],
  }),
  operation("/api/visitor/v1/registerment/update", {
    summary: "Change a checked-in visitor",
    parameters: [
      recordId,
      id("receptionistId", "ID of the person to be visited", { maxLength: 16 }),
      ...visit.parameters,
    ],
    timeWindow: visitWindow,
    example: { appointRecordId: "88", ...visitExample },
    result: ["appointRecordId"],
  }),
  operation("/api/visitor/v2/appointment", {
    summary: "Reserve a visit",
    parameters: reservation,
    timeWindow: reservationWindow,
    example: reservationExample,
    // `AppointCode` here, `appointCode` in the response to a change, as printed.
    result: ["appointRecordId", "visitorId", "AppointCode"],
  }),
  operation("/api/visitor/v1/appointment/single/delete", {
    summary: "Delete a reservation",
    parameters: [required(id("appointRecordId", "ID of the reservation"))],
    response: "nothing",
    example: { appointRecordId: "88" },
  }),
  operation("/api/visitor/v2/appointment/update", {
    summary: "Change a reservation",
    parameters: [recordId, ...reservation],
    timeWindow: reservationWindow,
    example: { appointRecordId: "88", ...reservationExample },
    result: ["appointRecordId", "visitorId", "appointCode"],
  }),
  operation("/api/visitor/v1/visitor/out", {
    summary: "Check out a visitor and end the visitor's access",
    parameters: [required(text("appointRecordId", "ID of the reservation", { minLength: 1 }))],
    response: "nothing",
    example: { appointRecordId: "88" },
  }),
  pagedOperation("/api/visitor/v1/appointment/appointmentlist", {
    summary: "Search the reservations",
    parameters: [
      required(time("appointStartTime", "Expected arrival from")),
      required(time("appointEndTime", "Expected departure until")),
      text("visitorName", "Name of the visitor", { maxLength: 64 }),
      text("companyName", "Company of the visitor", { maxLength: 64 }),
      text("interviewName", "Name of the person to be visited", { maxLength: 64 }),
      text("appointCode", "Code of the reservation", { maxLength: 64 }),
      text("identiCode", "Number of the identity card", { maxLength: 64 }),
      text("phoneNo", "Telephone number", { maxLength: 64 }),
      textChoice("appointState", "State of the reservation", { 0: "open", 1: "invalid", 2: "arrived" }),
      // A number in the example.
      text("visitorReason", "Reason of the visit", { maxLength: 64, accepts: ["number"] }),
    ],
    timeWindow: reservationWindow,
    example: {
      pageNo: 1,
      pageSize: 50,
      appointStartTime: "2024-03-01T00:00:00+01:00",
      appointEndTime: "2024-04-01T00:00:00+02:00",
      visitorName: "Ito",
    },
    members: [
      ...fields("receptionistId receptionistName receptionistFullPath appointStartTime appointEndTime"),
      ...fields("visitReasonType visitorReasonName visitReasonDetail appointStatus appointID appointCode"),
      ...visitor.map((name) => `visitorInfo.${name}`),
    ],
  }),
  operation("/api/visitor/v1/appointment/downloadpicture", {
    summary: "Download an image of a visitor",
    parameters: [
      required(id("visitorId", "ID of the visitor")),
      // Required in the table, but missing in the example, which identifies the image by visitor and kind alone.
      text("picUrl", "Address of the visitor's image", { maxLength: 256 }),
      required(
        textChoice(
          "picType",
          "Kind of image",
          { 0: "small", 1: "big", 3: "identity card" },
          { maxLength: 64 },
        ),
      ),
    ],
    response: "image",
    example: { visitorId: "41", picType: "1" },
  }),
  // Names as in the examples: the table has pageNo, and total and CustomField directly in data.
  operation("/api/visitor/v1/visitorconfig/customfields", {
    summary: "List the fields that the platform's owner added to visitors",
    parameters: [...pageFromZero, text("customFieldName", "Name of the field or part of it")],
    paging: {
      pageNo: "pageIndex",
      pageSize: "pageSize",
      list: "CustomFieldList.CustomField",
      total: "CustomFieldList.TotalNum",
    },
    example: { pageIndex: 0, pageSize: 50, customFieldName: "" },
    result: [
      ...fields("TotalNum pageIndex pageSize", "CustomFieldList."),
      ...fields("indexCode customFieldType customFieldName", "CustomFieldList.CustomField[]."),
      ...fields("indexCode value", "CustomFieldList.CustomField[].PresetValueList.PresetValue[]."),
    ],
  }),
  // The condition is wrapped in the example only.
  operation("/api/visitor/v1/visitorgroups", {
    summary: "Find visitor groups by name",
    parameters: [
      object("SearchCriteria", "Conditions", [
        text("visitorGroupName", "Name of the group; all groups if omitted", { maxLength: 128 }),
      ]),
    ],
    example: { SearchCriteria: { visitorGroupName: "Contractors" } },
    result: fields("indexCode baseInfo.name", "VisitorGroupList.VisitorGroup[]."),
  }),
  // Wrapped in the example only, which also has the paging.
  operation("/api/visitor/v1/visitorgroups/groupinfo", {
    summary: "Search the visitors of a visitor group",
    parameters: [
      required(
        object("VisitorListRequest", "Group, page and conditions", [
          required(id("indexCode", "ID of the visitor group", { maxLength: 32 })),
          ...pageFromZero,
          object("searchCriteria", "Conditions", [
            text("identifiyCode", "Number of the identity card", { maxLength: 128 }),
            text("personName", "Name of the visitor", { maxLength: 128 }),
            text("phoneNum", "Telephone number", { maxLength: 128 }),
            text("companyName", "Company of the visitor", { maxLength: 128 }),
            // "remperatureStatus" in the example.
            choice(
              "temperatureStatus",
              "Temperature (other numbers than in other operations)",
              { [-1]: "all", 0: "abnormal", 1: "normal", 2: "unknown" },
              { alsoNamed: ["remperatureStatus"] },
            ),
            choice("blackLisitStatus", "On the blocklist (spelt like this)", {
              [-1]: "all",
              0: "no",
              1: "yes",
            }),
          ]),
        ]),
      ),
    ],
    paging: {
      pageNo: "VisitorListRequest.pageIndex",
      pageSize: "VisitorListRequest.pageSize",
      list: "VisitorList.Visitor",
      total: "total",
    },
    example: {
      VisitorListRequest: {
        indexCode: "2",
        pageIndex: 1,
        pageSize: 50,
        searchCriteria: { companyName: "Camflows" },
      },
    },
    result: [
      ...fields("pageSize pageIndex total"),
      ...fields("ID BaseInfo.fullName", "VisitorList.Visitor[]."),
    ],
  }),
  operation("/api/visitor/v1/visitor/visitorInfo", {
    summary: "Search visitors by group, name, company or identity card",
    user: false,
    parameters: [
      // Texts, and page 0, in the example.
      ...pageParameters.map((page) => ({ ...page, min: 0, accepts: ["string" as const] })),
      object("searchCriteria", "Conditions", [
        text("visitorGroupID", "ID of the visitor group", { maxLength: 64 }),
        text("identifiyCode", "Number of the identity card", { maxLength: 64 }),
        text("personName", "Name of the visitor", { maxLength: 128 }),
        text("phoneNum", "Telephone number", { maxLength: 128 }),
        text("companyName", "Company of the visitor", { maxLength: 128 }),
        text("identificationType", "Kind of identification", { maxLength: 128 }),
      ]),
    ],
    example: { pageNo: 1, pageSize: 50, searchCriteria: { companyName: "Camflows" } },
    // The guide shows no response and names VisitorInfo as `data`, so there is no list to page through.
    result: visitor,
  }),
  operation("/api/visitor/v1/visitor/single/visitorinfo", {
    summary: "Read one visitor",
    user: false,
    parameters: [required(id("visitorId", "ID of the visitor"))],
    example: { visitorId: "41" },
    result: visitor,
  }),
  // The guide lists this operation twice, here and word for word in 5.8.
  operation("/api/visitor/v1/auth/reapplication", {
    summary: "Send changed access levels and persons to the devices",
    response: "nothing",
  }),
];
