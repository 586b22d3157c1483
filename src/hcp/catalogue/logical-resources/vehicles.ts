/** Guide, section 5.3.6. The table spells `vehicleGroupIndexcode` in two places where the example has a capital C. */
import { choice, id, plainText, required, section, text } from "../define";
import { vehicle, vehicleGroup } from "../results";

const { operation, pagedOperation } = section("5.3.6", "Vehicles");

const group = required(id("vehicleGroupIndexCode", "ID of the vehicle group"));
const misspeltGroup = { ...group, alsoNamed: ["vehicleGroupIndexcode"] };

const vehicleDetails = [
  required(plainText("plateNo", "Number plate", 32)),
  text("personId", "ID of the owner, if the owner is a person of the platform", { maxLength: 128 }),
  plainText("personGivenName", "Owner's given name", 256),
  plainText("personFamilyName", "Owner's family name", 256),
  plainText("phoneNo", "Owner's telephone number", 32),
  choice("vehicleColor", "Colour of the vehicle", {
    0: "other",
    1: "white",
    2: "silver",
    3: "grey",
    4: "black",
    5: "red",
    6: "dark blue",
    7: "blue",
    8: "yellow",
    9: "green",
    10: "brown",
    11: "pink",
    12: "purple",
    // "dark blue" a second time in 5.3.6, "dark gray" in the data dictionary (A.3).
    13: "dark grey",
    14: "cyan",
  }),
  misspeltGroup,
];

const groupDetails = [
  required(plainText("vehicleGroupName", "Name of the vehicle group", 32)),
  plainText("description", "Remark on the vehicle group", 128),
];

export const vehicleOperations = [
  pagedOperation("/api/resource/v1/vehicle/advance/vehicleList", {
    summary: "Find vehicles of a group by plate, owner or telephone number (one of the three at a time)",
    parameters: [
      text("plateNo", "Number plate or part of it", { maxLength: 64 }),
      text("personName", "Owner's name or part of it", { maxLength: 64 }),
      text("phoneNo", "Owner's telephone number", { maxLength: 64 }),
      group,
    ],
    example: { pageNo: 1, pageSize: 50, plateNo: "KX24", vehicleGroupIndexCode: "2" },
    members: vehicle,
  }),
  operation("/api/resource/v1/vehicle/indexCode/vehicleInfo", {
    summary: "Read one vehicle",
    user: false,
    parameters: [required(id("vehicleIndexCode", "ID of the vehicle", { maxLength: 32 }))],
    example: { vehicleIndexCode: "18" },
    result: vehicle,
  }),
  operation("/api/resource/v1/vehicle/single/add", {
    summary: "Add a vehicle",
    parameters: vehicleDetails,
    example: { plateNo: "KX24 ABC", vehicleColor: 7, vehicleGroupIndexCode: "2", phoneNo: "5550104" },
    result: vehicle,
  }),
  operation("/api/resource/v1/vehicle/single/delete", {
    summary: "Delete a vehicle",
    parameters: [required(id("vehicleId", "ID of the vehicle", { maxLength: 65 }))],
    response: "nothing",
    example: { vehicleId: "18" },
  }),
  operation("/api/resource/v1/vehicle/single/update", {
    summary: "Change a vehicle",
    parameters: [required(id("vehicleId", "ID of the vehicle", { maxLength: 65 })), ...vehicleDetails],
    response: "nothing",
    example: { vehicleId: "18", plateNo: "KX24 ABC", vehicleColor: 4, vehicleGroupIndexCode: "2" },
  }),
  pagedOperation("/api/resource/v1/vehicle/vehicleList", {
    summary: "List the vehicles of a group",
    parameters: [required(id("vehicleGroupIndexCode", "ID of the vehicle group", { maxLength: 32 }))],
    example: { pageNo: 1, pageSize: 50, vehicleGroupIndexCode: "2" },
    members: vehicle,
  }),
  operation("/api/resource/v1/vehicleGroup/single/add", {
    summary: "Add a vehicle group",
    parameters: groupDetails,
    example: { vehicleGroupName: "Deliveries", description: "Suppliers and couriers" },
    result: vehicleGroup,
  }),
  operation("/api/resource/v1/vehicleGroup/single/delete", {
    summary: "Delete a vehicle group",
    parameters: [group],
    response: "nothing",
    example: { vehicleGroupIndexCode: "2" },
  }),
  operation("/api/resource/v1/vehicleGroup/single/update", {
    summary: "Rename a vehicle group",
    parameters: [group, ...groupDetails],
    response: "nothing",
    example: { vehicleGroupIndexCode: "2", vehicleGroupName: "Couriers" },
  }),
  pagedOperation("/api/resource/v1/vehicleGroup/vehicleGroupList", {
    summary: "List all vehicle groups",
    example: { pageNo: 1, pageSize: 50 },
    members: vehicleGroup,
  }),
];
