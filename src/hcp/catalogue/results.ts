/** Field names of the objects that several responses share (guide, appendix A.1). */
import { fields } from "./define";

export const acsDevice = fields(
  "acsDevIndexCode acsDevName acsDevIp acsDevPort acsDevCode treatyType status",
);
export const encodeDevice = fields(
  "encodeDevIndexCode encodeDevName encodeDevIp encodeDevPort encodeDevCode treatyType status",
);
export const mobileDevice = fields(
  "mobileDevIndexCode mobileDevName mobileDevIp mobileDevPort mobileDevCode treatyType status",
);
export const recordServer = [
  ...fields("recordServerIndexCode recordServerName recordServerIp recordingStatus networkStatus"),
  ...fields("poolID poolName Status Capacity FreeSpace UsedSpace", "hddList[]."),
];
export const site = fields("siteIndexCode siteName siteIp sitePort description");
export const area = fields("indexCode name parentIndexCode siteIndexCode");
/** `devIndexCode` is spelt `DevIndexCode` in the response for a single camera. */
export const camera = fields(
  `cameraIndexCode cameraName capabilitySet encodeDevIndexCode devResourceType devIndexCode recordType
   recordLocation regionIndexCode siteIndexCode status treatyType treatyTypeName`,
);
export const organization = fields("orgIndexCode orgName parentOrgIndexCode");
export const door = fields("doorIndexCode doorName doorNo doorState acsDevIndexCode regionIndexCode");
export const vehicle = fields(
  `vehicleId plateNo personName personFamilyName personGivenName phoneNo vehicleColor
   vehicleGroupIndexCode`,
);
export const vehicleGroup = fields("vehicleGroupIndexCode vehicleGroupName description");
export const mobileVehicle = fields(
  `mobilevehicleIndexCode mobilevehicleName DevIndexCode regionIndexCode status plateNo personName
   personFamilyName personGivenName phoneNo vehicleColor vehicleType vehicleBrand`,
);
/** The misspelt `customFiledName` is the platform's own. */
export const personCustomField = fields(
  "id customFiledName customFieldType customFieldValue presetValueList[].id presetValueList[].value",
);
const fingerprint = fields("fingerPrintIndexCode fingerPrintName fingerPrintData relatedCardNo");
export const person = [
  ...fields("personId personCode personName personFamilyName personGivenName gender orgIndexCode phoneNo"),
  ...fields("personPhoto.picUri email remark beginTime endTime cards[].cardNo"),
  ...fingerprint.map((name) => `fingerPrint[].${name}`),
  ...personCustomField.map((name) => `customFieldList[].${name}`),
];
export const faceGroup = fields("indexCode name description");
export const alarmInput = fields(
  "alarmInputIndexCode alarmInputName regionIndexCode devIndexCode devResourceType networkStatus",
);
export const alarmOutput = fields(
  "alarmOutputIndexCode alarmOutputName regionIndexCode devIndexCode devResourceType status",
);
export const patrol = [
  ...fields("patrolName patrolIndex"),
  ...fields("presetIndex presetName speed dwellTime", "patrolPointInfoList[]."),
];
export const visitor = [
  ...fields("visitorId visitorFamilyName visitorGivenName visitorName gender email phoneNo plateNo"),
  ...fields("companyName certificateType certificateNo remark faces[].faceData cards[].cardNo identiPhoto[]"),
  ...fingerprint.map((name) => `fingerPrint[].${name}`),
  ...fields("visitorPhoto.haveVisitorPhoto visitorPhoto.haveIdentiPhoto"),
  ...personCustomField.map((name) => `customField[].${name}`),
];
