/** Guide, section 5.5. */
import {
  choice,
  fields,
  id,
  idList,
  inHeader,
  list,
  objectList,
  pageParameters,
  required,
  section,
  text,
  textChoice,
  time,
  defaultPaging,
} from "./define";

const { operation, pagedOperation } = section("5.5", "Events and alarms");

/**
 * Codes as in src/hcp/event-types. The guide states 100000 as the smallest code, but lists smaller ones (130, 193,
 * 641…) that can also be subscribed. So only the upper limit is checked.
 */
const eventTypes = required(
  list(
    "eventTypes",
    "Event type codes",
    { type: "number", min: 1, max: 2_147_483_647 },
    { minItems: 1, maxItems: 256 },
  ),
);

const sourceTypes = {
  region: "area",
  acsDevice: "access control device",
  door: "door",
  encodeDevice: "encoding device",
  camera: "camera",
  ioIn: "alarm input",
  ioOut: "alarm output",
  generalEventRule: "generic event",
  // Not in this section's list, but the sources of event types that appendix A.4 lists.
  mobileDevice: "mobile device",
  mobileVehicle: "vehicle with a mobile device",
  fallRadar: "fall detection radar",
  livefeatureRadar: "vital signs radar",
};

const rule = [
  required(text("generalEventRuleName", "Name of the generic event", { minLength: 1, maxLength: 32 })),
  required(choice("transportType", "Transport of the event", { 0: "TCP", 1: "UDP" })),
  required(
    choice("matchType", "How the received text is compared", {
      0: "it contains the expression",
      1: "it is exactly the expression",
    }),
  ),
  required(
    text("expression", 'Expression for reading, such as "door" AND "open"', { minLength: 1, maxLength: 256 }),
  ),
  required(text("regularExpression", "The same as a regular expression", { minLength: 1, maxLength: 256 })),
];
const ruleId = required(id("generalEventRuleIndexCode", "ID of the generic event"));

export const eventOperations = [
  operation("/api/eventService/v1/eventRecords/controlling", {
    summary: "Acknowledge an alarm",
    parameters: [
      // `eventIndexCode` in the table.
      required(id("eventIndexCodes", "ID of the alarm", { alsoNamed: ["eventIndexCode"] })),
      required(choice("controlType", "Action", { 1: "acknowledge" })),
    ],
    response: "nothing",
    example: { eventIndexCodes: "5b0c7f4e9d6a4c1e8f2a3b4c5d6e7f80", controlType: 1 },
  }),
  operation("/api/eventService/v1/eventRecords/page", {
    summary: "Search the records of events and alarms",
    parameters: [
      id("eventIndexCode", "ID of one event; without it, type and source are required"),
      idList("eventTypes", "Event type codes, separated by commas", {
        maxLength: 1024,
        requiredUnless: "eventIndexCode",
      }),
      textChoice("srcType", "Kind of event source", sourceTypes, {
        maxLength: 64,
        requiredUnless: "eventIndexCode",
      }),
      idList("srcIndexs", "IDs of event sources, separated by commas", {
        maxLength: 1024,
        requiredUnless: "eventIndexCode",
      }),
      text("subSrcType", "Kind of second source, for (mis)matched number plates", { maxLength: 64 }),
      text("subSrcIndexs", "IDs of second sources, separated by commas, for (mis)matched number plates", {
        maxLength: 1024,
        separator: ",",
      }),
      required(time("startTime", "Search from")),
      required(time("endTime", "Search until, at most 31 days later")),
      ...pageParameters,
    ],
    timeWindow: { begin: "startTime", end: "endTime", maxDays: 31 },
    paging: defaultPaging,
    example: {
      eventTypes: "131331,131588",
      srcType: "camera",
      srcIndexs: "31,32",
      startTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-08T00:00:00+01:00",
      pageNo: 1,
      pageSize: 100,
    },
    result: [
      ...fields("total pageNo pageSize"),
      ...fields("eventIndexCode eventType srcType srcIndex subSrcType subSrcIndex description", "list[]."),
      ...fields("startTime stopTime eventPicUri linkCameraIndexCode", "list[]."),
      ...fields("eventPicUri picType", "list[].eventPicList[]."),
    ],
  }),
  operation("/api/eventService/v1/eventSubscriptionByEventTypes", {
    summary: "Subscribe event types for an address",
    parameters: [
      eventTypes,
      required(
        text("eventDest", "Address for the posts, http:// or https://", {
          minLength: 1,
          maxLength: 1024,
        }),
      ),
    ],
    response: "nothing",
    example: { eventTypes: [131331, 131588], eventDest: "http://192.0.2.20:1880/hcp/events" },
  }),
  operation("/api/eventService/v1/eventSubscriptionView", {
    summary: "List the user's subscriptions",
    result: fields("eventTypes eventDest passBack", "detail[]."),
  }),
  operation("/api/eventService/v1/eventUnSubscriptionByEventTypes", {
    summary: "End the subscription of some event types",
    parameters: [eventTypes],
    response: "nothing",
    example: { eventTypes: [131331, 131588] },
  }),
  pagedOperation("/api/eventService/v1/generalEventRule/generalEventRuleList", {
    summary: "List the generic events",
    example: { pageNo: 1, pageSize: 50 },
    members: fields(
      `generalEventRuleIndexCode generalEventRuleName transportType matchType expression regularExpression`,
    ),
  }),
  operation("/api/eventService/v1/generalEventRule/single/add", {
    summary: "Add a generic event",
    parameters: rule,
    response: "nothing",
    example: {
      generalEventRuleName: "Conveyor stopped",
      transportType: 0,
      matchType: 0,
      expression: '"conveyor" AND "stop"',
      regularExpression: "(conveyor.*stop|stop.*conveyor)",
    },
  }),
  operation("/api/eventService/v1/generalEventRule/single/delete", {
    summary: "Delete a generic event",
    parameters: [ruleId],
    response: "nothing",
    example: { generalEventRuleIndexCode: "4" },
  }),
  operation("/api/eventService/v1/generalEventRule/single/update", {
    summary: "Change a generic event",
    parameters: [ruleId, ...rule],
    response: "nothing",
    example: {
      generalEventRuleIndexCode: "4",
      generalEventRuleName: "Conveyor stopped",
      transportType: 1,
      matchType: 1,
      expression: '"conveyor stop"',
      regularExpression: "conveyor stop",
    },
  }),
  operation("/api/eventService/v1/generalEventRule/triggerAlarm", {
    summary: "Set the alarm of a generic event, with its priority and cameras",
    parameters: [
      required(
        idList("generalEventRuleIndexCodes", "ID of the generic event (one only)", {
          maxLength: 32,
          maxItems: 1,
        }),
      ),
      required(text("description", "Text of the alarm", { maxLength: 128 })),
      required(choice("alarmPriority", "Priority", { 1: "high", 2: "medium", 3: "low" })),
      choice("triggerPopupWindows", "Open a window on the client", { 0: "no", 1: "yes" }),
      objectList("linkCameraList", "Cameras of the alarm", [
        required(text("cameraIndexCode", "ID of the camera", { minLength: 1 })),
        choice("recordType", "Recording", { 0: "main", 1: "auxiliary" }),
      ]),
      choice("defaultPlayType", "View that the client shows first", { 0: "live view", 1: "playback" }),
    ],
    response: "nothing",
    example: {
      generalEventRuleIndexCodes: "4",
      description: "The conveyor has stopped",
      alarmPriority: 2,
      triggerPopupWindows: 1,
      linkCameraList: [{ cameraIndexCode: "31", recordType: 0 }],
      defaultPlayType: 0,
    },
  }),
  operation("/api/eventService/v1/image_data", {
    summary: "Download the image of an event or alarm",
    parameters: [
      inHeader(text("domainId", "ID of the network domain", { maxLength: 16 })),
      required(id("picUri", "Image address from the event", { maxLength: 256 })),
    ],
    response: "image",
    example: { picUri: "Vsm://PIC#20240301#20240301_080000.d:100:2000" },
  }),
];
