/** Guide, section 5.2: devices and servers. */
import { fields, id, pageParameters, plainText, required, section, text, defaultPaging } from "./define";
import { acsDevice, encodeDevice, mobileDevice, recordServer } from "./results";

const { operation, pagedOperation } = section("5.2", "Devices and servers");

export const physicalResourceOperations = [
  pagedOperation("/api/resource/v1/acsDevice/acsDeviceList", {
    summary: "List all access control devices",
    example: { pageNo: 1, pageSize: 50 },
    members: acsDevice,
  }),
  pagedOperation("/api/resource/v1/acsDevice/advance/acsDeviceList", {
    summary: "Find access control devices by part of their name",
    parameters: [plainText("acsDevName", "Device name or part of it; all devices if omitted", 32)],
    example: { pageNo: 1, pageSize: 50, acsDevName: "Lobby" },
    members: acsDevice,
  }),
  operation("/api/resource/v1/acsDevice/indexCode/acsDeviceInfo", {
    summary: "Read one access control device",
    parameters: [required(id("acsDevIndexCode", "ID of the access control device"))],
    example: { acsDevIndexCode: "7" },
    result: acsDevice,
  }),
  pagedOperation("/api/resource/v1/encodeDevice/advance/encodeDeviceList", {
    summary: "Find encoding devices by part of their name",
    parameters: [plainText("encodeDevName", "Device name or part of it; all devices if omitted", 32)],
    example: { pageNo: 1, pageSize: 50, encodeDevName: "NVR" },
    members: encodeDevice,
  }),
  pagedOperation("/api/resource/v1/encodeDevice/encodeDeviceList", {
    summary: "List all encoding devices (cameras, NVRs, DVRs)",
    example: { pageNo: 1, pageSize: 50 },
    members: encodeDevice,
  }),
  operation("/api/resource/v1/encodeDevice/indexCode/encodeDeviceInfo", {
    summary: "Read one encoding device",
    parameters: [required(id("encodeDevIndexCode", "ID of the encoding device"))],
    example: { encodeDevIndexCode: "12" },
    result: encodeDevice,
  }),
  pagedOperation("/api/resource/v1/intelligentServer/intelligentServerList", {
    summary: "List the DeepinMind servers",
    example: { pageNo: 1, pageSize: 50 },
    members: fields("intelligentServerIndexCode intelligentServerName intelligentServerIp status"),
  }),
  pagedOperation("/api/resource/v1/mobileDevice/mobileDeviceList", {
    summary: "List the mobile (vehicle-mounted) devices",
    example: { pageNo: 1, pageSize: 50 },
    members: mobileDevice,
  }),
  operation("/api/resource/v1/mobileDevice/indexCode/mobileDeviceInfo", {
    summary: "Read one mobile device",
    parameters: [required(id("mobileDevIndexCode", "ID of the mobile device"))],
    example: { mobileDevIndexCode: "3" },
    result: mobileDevice,
  }),
  pagedOperation("/api/resource/v1/mobileDevice/advance/mobileDeviceList", {
    summary: "Find mobile devices by name",
    parameters: [text("mobileDevName", "Device name; all devices if omitted", { maxLength: 128 })],
    example: { pageNo: 1, pageSize: 50, mobileDevName: "Bus 21" },
    members: mobileDevice,
  }),
  operation("/api/resource/v1/recordServer/indexCode/recordServerInfo", {
    summary: "Read one recording server and its storage pools",
    parameters: [required(id("recordServerIndexCode", "ID of the recording server", { maxLength: 10 }))],
    example: { recordServerIndexCode: "2" },
    result: recordServer,
  }),
  pagedOperation("/api/resource/v1/recordServer/recordServerList", {
    summary: "List the recording servers",
    example: { pageNo: 1, pageSize: 50 },
    // The storage pools come only with a single server.
    members: recordServer.filter((name) => !name.startsWith("hddList")),
  }),
  operation("/api/resource/v1/recordServer/recordStatus", {
    summary: "Read how the cameras of a recording server are being stored",
    parameters: [
      ...pageParameters,
      required(id("recordServerIndexCode", "ID of the recording server")),
      required(id("poolID", "ID of the storage pool", { maxLength: 32 })),
    ],
    paging: defaultPaging,
    example: { pageNo: 1, pageSize: 50, recordServerIndexCode: "2", poolID: "1" },
    result: [
      ...fields("total pageNo pageSize recordServerIndexCode recordServerName recordServerIp"),
      ...fields("recordingStatus networkStatus"),
      ...fields("cameraIndexCode cameraName deviceIp siteName regionName", "list[]."),
      ...fields("recordingScheduleName storageType recordingStatus networkStatus", "list[]."),
    ],
  }),
  // The guide's example response shows access control devices; its table and appendix show these fields.
  pagedOperation("/api/resource/v1/streamServer/streamServerList", {
    summary: "List the streaming servers",
    example: { pageNo: 1, pageSize: 50 },
    members: fields(
      `streamServerIndexCode streamServerName streamServerIp totalStreamNum streamInNum streamOutNum
       status CPUUsage RAMUsage`,
    ),
  }),
  operation("/api/resource/v1/videoManagementServer", {
    summary: "Read address, load and state of the system management server",
    result: ["ip", "port", "cpu", "status"],
  }),
];
