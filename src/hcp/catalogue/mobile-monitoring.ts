/** Guide, section 5.9. */
import { fields, id, idList, number, pageIndexParameters, required, section, text, time } from "./define";

const { operation, pagedOperation } = section("5.9", "Mobile monitoring");

export const mobileMonitoringOperations = [
  // Names of the response as in the example: the table has `list` for `gps_info_list`.
  pagedOperation("/api/mobilesurveillance/v1/gpsdetails", {
    summary: "Read the positions of vehicles",
    parameters: [
      required(idList("mobilevehicleIndexCodes", "IDs of vehicles, separated by commas")),
      required(time("startTime", "Search from")),
      required(time("endTime", "Search until, at most 31 days later")),
    ],
    timeWindow: { begin: "startTime", end: "endTime", maxDays: 31 },
    example: {
      pageNo: 1,
      pageSize: 100,
      mobilevehicleIndexCodes: "6,7",
      startTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-02T00:00:00+01:00",
    },
    members: [
      ...fields("mobilevehicleIndexCode plateNo regionIndexCode"),
      ...fields(
        "occurTime longitude latitude direction gpsDisplay directionDisplay speed",
        "gps_info_list[].",
      ),
    ],
  }),
  operation("/api/mobilesurveillance/v1/recordOverview", {
    summary: "Search the events of vehicles (short records)",
    parameters: [
      required(idList("mobilevehicleIndexCodes", "IDs of vehicles, separated by commas", { maxLength: 64 })),
      idList("eventTypes", "Event type codes, separated by commas; all if omitted", { maxLength: 1024 }),
      required(time("beginTime", "Search from")),
      required(time("endTime", "Search until, at most 31 days later")),
      text("centerLongitude", "Longitude of the centre of the search", { maxLength: 16, default: "0" }),
      text("centerLatitude", "Latitude of the centre of the search", { maxLength: 16, default: "0" }),
      number("radius", "Radius of the search, metres", { min: 0, default: 0 }),
      ...pageIndexParameters,
    ],
    timeWindow: { begin: "beginTime", end: "endTime", maxDays: 31 },
    paging: { pageNo: "pageIndex", pageSize: "pageSize", list: "list", total: "total" },
    example: {
      pageIndex: 1,
      pageSize: 100,
      mobilevehicleIndexCodes: "6,7",
      eventTypes: "648,658",
      beginTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-02T00:00:00+01:00",
    },
    result: [
      ...fields("total pageNo pageSize"),
      ...fields("eventIndexCode eventType mobilevehicleIndexCode plateNo ownerName regionName", "list[]."),
      ...fields("occurTime longitude latitude direction speed displayInfo directionInfo", "list[]."),
    ],
  }),
  operation("/api/mobilesurveillance/v1/single/record", {
    summary: "Read one event of a vehicle",
    parameters: [
      // Header parameters in the table, body in the example.
      required(id("mobilevehicleIndexCode", "ID of the vehicle")),
      required(id("eventIndexCode", "ID of the event")),
    ],
    example: { mobilevehicleIndexCode: "6", eventIndexCode: "5B0C7F4E9D6A4C1E8F2A3B4C5D6E7F80" },
    result: [
      ...fields("eventType mobilevehicleIndexCode plateNo regionName ownerName phoneNo occurTime"),
      ...fields("longitude latitude direction speed speedLimit displayInfo directionInfo"),
      "image_url_list[].image_url",
    ],
  }),
];
