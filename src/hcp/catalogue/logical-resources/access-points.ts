/** Guide, section 5.3.5. */
import { fields, id, plainText, required, section } from "../define";
import { door } from "../results";

const { operation, pagedOperation } = section("5.3.5", "Doors");

export const accessPointOperations = [
  pagedOperation("/api/resource/v1/acsDoor/acsDoorList", {
    summary: "List all doors",
    example: { pageNo: 1, pageSize: 100 },
    members: door,
  }),
  pagedOperation("/api/resource/v1/acsDoor/advance/acsDoorList", {
    summary: "Find doors of an area by name or device",
    parameters: [
      plainText("doorName", "Door name or part of it", 32),
      id("acsDevIndexCode", "ID of the access control device"),
      required(id("regionIndexCode", "ID of the area")),
    ],
    example: { pageNo: 1, pageSize: 50, doorName: "Main", regionIndexCode: "9" },
    members: door,
  }),
  operation("/api/resource/v1/acsDoor/indexCode/acsDoorInfo", {
    summary: "Read one door and its state",
    parameters: [required(id("doorIndexCode", "ID of the door"))],
    example: { doorIndexCode: "14" },
    result: door,
  }),
  pagedOperation("/api/resource/v1/acsDoor/region/acsDoorList", {
    summary: "List the doors of an area",
    parameters: [required(id("regionIndexCode", "ID of the area"))],
    example: { pageNo: 1, pageSize: 50, regionIndexCode: "9" },
    members: door,
  }),
  operation("/api/resource/v1/reader/search", {
    summary: "List the card readers of a door",
    parameters: [
      required(id("doorIndexCode", "ID of the door")),
      id("readerIndexCode", "ID of one card reader; all if omitted"),
    ],
    example: { doorIndexCode: "14" },
    result: ["total", ...fields("indexCode name enable", "list[].")],
  }),
];
