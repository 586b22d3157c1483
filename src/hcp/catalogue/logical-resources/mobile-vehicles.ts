/** Guide, section 5.3.7. The paths differ in the case of `mobileVehicle`, as printed. */
import { id, required, section, specialCharactersButBar, text } from "../define";
import { mobileVehicle } from "../results";

const { operation, pagedOperation } = section("5.3.7", "Mobile vehicles");

export const mobileVehicleOperations = [
  pagedOperation("/api/resource/v1/mobilevehicle/mobilevehicleList", {
    summary: "List the vehicles that carry a mobile device",
    example: { pageNo: 1, pageSize: 50 },
    members: mobileVehicle,
  }),
  operation("/api/resource/v1/mobileVehicle/indexCode/mobileVehicleInfo", {
    summary: "Read one vehicle that carries a mobile device",
    parameters: [required(id("mobilevehicleIndexCode", "ID of the vehicle", { maxLength: 256 }))],
    example: { mobilevehicleIndexCode: "6" },
    result: mobileVehicle,
  }),
  pagedOperation("/api/resource/v1/mobilevehicle/advanced/mobilevehicleList", {
    summary: "Find vehicles that carry a mobile device by name, device or area",
    parameters: [
      text("mobilevehicleName", "Name of the vehicle or part of it", {
        maxLength: 32,
        forbidden: specialCharactersButBar,
      }),
      id("devIndexCode", "ID of the mobile device"),
      id("regionIndexCode", "ID of the area"),
    ],
    example: { pageNo: 1, pageSize: 50, mobilevehicleName: "Bus" },
    members: mobileVehicle,
  }),
];
