/** Events of vehicles with mobile devices and of healthcare radars (guide, appendix A.4). */
import { eventTypesOf } from "./types";

export const mobileAndHealthcareEventTypes = [
  ...eventTypesOf("mobileVehicle", "mobileVehicle", {
    643: "Position report",
    644: "Collision ahead warning",
    645: "Short distance warning",
    646: "Lane departure warning",
    647: "Pedestrian collision warning",
    648: "Overspeed warning",
    649: "Blind spot warning",
    650: "Driver smoking",
    651: "Driver telephoning",
    652: "Driver tired",
    653: "Driver distracted",
    654: "Driver without seat belt",
    655: "Driver camera tampering",
    656: "Panic button",
    657: "Sharp turn",
    658: "Sudden braking",
    659: "Sudden acceleration",
    660: "Rollover",
    661: "Vehicle overspeed",
    662: "Vehicle collision",
    663: "Fence entered",
    664: "Route deviation",
    665: "Fence left",
  }),
  ...eventTypesOf("healthcare", "fallRadar", {
    500041: "Fall detected",
    500042: "Too long in the bathroom",
  }),
  ...eventTypesOf("healthcare", "camera", {
    500043: "Intrusion (healthcare)",
    500044: "Noise (healthcare)",
    500045: "Person left the room",
  }),
  ...eventTypesOf("healthcare", "alarminput", { 500046: "SOS" }),
  ...eventTypesOf("healthcare", "livefeatureRadar", {
    500016: "Radar offline",
    500048: "In bed",
    500049: "Getting up from bed",
    500050: "Rolling over",
    500051: "Out of bed",
  }),
];
