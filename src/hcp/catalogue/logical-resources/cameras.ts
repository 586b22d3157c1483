/** Guide, section 5.3.3. The guide also has the cameras of one area in 5.3.2; the catalogue lists them there. */
import { id, plainText, required, section, text } from "../define";
import { camera } from "../results";
import { deviceTypes, siteId } from "./shared";

const { operation, pagedOperation } = section("5.3.3", "Cameras");

export const cameraOperations = [
  pagedOperation("/api/resource/v1/camera/advance/cameraList", {
    summary: "Find cameras by name, device, area or site; all conditions must match",
    parameters: [
      plainText("cameraName", "Camera name or part of it", 32),
      deviceTypes,
      text("devIndexCode", "ID of the mobile device; ignored with encodeDevIndexCode"),
      id("encodeDevIndexCode", "ID of the encoding device"),
      id("regionIndexCode", "ID of the area"),
      siteId,
    ],
    example: { pageNo: 1, pageSize: 100, cameraName: "Gate", regionIndexCode: "9" },
    members: camera,
  }),
  pagedOperation("/api/resource/v1/cameras", {
    summary: "List all cameras",
    parameters: [siteId, deviceTypes],
    example: { pageNo: 1, pageSize: 100 },
    members: camera,
  }),
  operation("/api/resource/v1/cameras/indexCode", {
    summary: "Read one camera",
    parameters: [required(id("cameraIndexCode", "ID of the camera"))],
    example: { cameraIndexCode: "31" },
    result: camera,
  }),
];
