/** Guide, section 5.3.2. */
import { id, required, section } from "../define";
import { area, camera } from "../results";
import { deviceTypes, siteId } from "./shared";

const { operation, pagedOperation } = section("5.3.2", "Areas");

export const areaOperations = [
  operation("/api/resource/v1/region/indexCode/regionInfo", {
    summary: "Read one area",
    parameters: [required(id("regionIndexCode", "ID of the area")), siteId],
    example: { regionIndexCode: "9", siteIndexCode: "0" },
    result: area,
  }),
  pagedOperation("/api/resource/v1/regions", {
    summary: "List all areas",
    parameters: [siteId],
    example: { pageNo: 1, pageSize: 100, siteIndexCode: "0" },
    members: area,
  }),
  // The guide lists this operation twice, here and word for word in 5.3.3.
  pagedOperation("/api/resource/v1/regions/regionIndexCode/cameras", {
    summary: "List the cameras of an area, without those of the areas below it",
    parameters: [required(id("regionIndexCode", "ID of the area")), siteId, deviceTypes],
    example: {
      pageNo: 1,
      pageSize: 100,
      regionIndexCode: "9",
      siteIndexCode: "0",
      deviceType: "encodeDevice",
    },
    members: camera,
  }),
  operation("/api/resource/v1/regions/subRegions", {
    summary: "List the areas directly below an area",
    parameters: [id("parentIndexCode", "ID of the upper area; the root if omitted"), siteId],
    example: { parentIndexCode: "9", siteIndexCode: "0" },
    result: area.map((name) => `list[].${name}`),
  }),
];
