/** Every operation of the guide's chapter 5, each once, in the guide's order. */
import { accessControlOperations } from "./access-control";
import { commonOperations } from "./common";
import { eventOperations } from "./events";
import { healthcareOperations } from "./healthcare";
import { accessPointOperations } from "./logical-resources/access-points";
import { alarmInputOutputOperations } from "./logical-resources/alarm-inputs-outputs";
import { areaOperations } from "./logical-resources/areas";
import { cameraOperations } from "./logical-resources/cameras";
import { faceGroupOperations } from "./logical-resources/face-groups";
import { faceOperations } from "./logical-resources/faces";
import { mobileVehicleOperations } from "./logical-resources/mobile-vehicles";
import { organizationOperations } from "./logical-resources/organizations";
import { personOperations } from "./logical-resources/persons";
import { siteOperations } from "./logical-resources/sites";
import { vehicleOperations } from "./logical-resources/vehicles";
import { mobileMonitoringOperations } from "./mobile-monitoring";
import { physicalResourceOperations } from "./physical-resources";
import type { Operation } from "./types";
import { vehicleAndParkingOperations } from "./vehicles-and-parking";
import { videoOperations } from "./video";
import { visitorOperations } from "./visitors";

export * from "./types";

export const operations: readonly Operation[] = [
  ...commonOperations,
  ...physicalResourceOperations,
  ...siteOperations,
  ...areaOperations,
  ...cameraOperations,
  ...organizationOperations,
  ...accessPointOperations,
  ...vehicleOperations,
  ...mobileVehicleOperations,
  ...personOperations,
  ...faceGroupOperations,
  ...faceOperations,
  ...alarmInputOutputOperations,
  ...videoOperations,
  ...eventOperations,
  ...visitorOperations,
  ...vehicleAndParkingOperations,
  ...accessControlOperations,
  ...mobileMonitoringOperations,
  ...healthcareOperations,
];

const byId = new Map(operations.map((operation) => [operation.id, operation]));

/** Returns the operation with this catalogue id, such as `eventService/eventRecords/page`, or undefined. */
export function findOperation(id: string): Operation | undefined {
  return byId.get(id);
}
