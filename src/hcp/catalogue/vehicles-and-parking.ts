/** Guide, section 5.7. */
import {
  choice,
  fields,
  id,
  inHeader,
  object,
  pageIndexParameters,
  pageParameters,
  required,
  section,
  text,
  time,
  defaultPaging,
} from "./define";

const { operation } = section("5.7", "Parking and vehicle passing");

const longId = { maxLength: 1024 };
const plate = text("plateLicense", "Number plate", { maxLength: 32 });
const period = [
  required(time("beginTime", "Search from", 32)),
  required(time("endTime", "Search until", 32)),
];
const queryWindow = { begin: "queryInfo.beginTime", end: "queryInfo.endTime" };
const indexPaging = { pageNo: "pageIndex", pageSize: "pageSize", list: "list", total: "total" };
const indexPage = fields("total pageIndex pageSize");

export const vehicleAndParkingOperations = [
  operation("/api/pms/v1/image_data", {
    summary: "Download the image of a passing vehicle",
    parameters: [
      inHeader(text("domainId", "ID of the network domain", { maxLength: 16 })),
      required(id("picUri", "Image address from the passing record", { maxLength: 256 })),
    ],
    response: "image",
    example: { picUri: "Vsm://PIC#20240301#20240301_080000.d:100:2000" },
  }),
  operation("/api/pms/v1/crossRecords/page", {
    summary: "Search the vehicles that passed a camera",
    parameters: [
      required(id("cameraIndexCode", "ID of the camera")),
      text("plateNo", "Number plate", { maxLength: 16 }),
      text("ownerName", "Owner's name", { maxLength: 64 }),
      text("contact", "Owner's telephone number", { maxLength: 32 }),
      required(time("startTime", "Search from")),
      required(time("endTime", "Search until, at most 31 days later")),
      ...pageParameters,
    ],
    timeWindow: { begin: "startTime", end: "endTime", maxDays: 31 },
    paging: defaultPaging,
    example: {
      cameraIndexCode: "31",
      plateNo: "KX24ABC",
      startTime: "2024-03-01T00:00:00+01:00",
      endTime: "2024-03-08T00:00:00+01:00",
      pageNo: 1,
      pageSize: 100,
    },
    result: [
      ...fields("total pageNo pageSize"),
      ...fields("crossRecordSyscode cameraIndexCode plateNo ownerName contact vehicleColor", "list[]."),
      ...fields("vehicleType country vehiclePicUri crossTime createTime", "list[]."),
    ],
  }),
  operation("/api/vehicle/v1/parkinglot/list", {
    summary: "List the car parks and their free spaces",
    result: [
      "total",
      ...fields("parkingLotIndexCode parkingLotName parentParkingLotIndexCode totalSpaceNum", "list[]."),
      ...fields("freeSpaceNum totalPermanentSpaceNum freePermanentSpaceNum maxParkingTime", "list[]."),
    ],
  }),
  operation("/api/vehicle/v1/floor/list", {
    summary: "List the floors of a car park",
    parameters: [id("parkingLotIndexCode", "ID of the car park; all if omitted", longId)],
    example: { parkingLotIndexCode: "1" },
    result: ["total", ...fields("floorIndexCode floorName parkingLotIndexCode parkingLotName", "list[].")],
  }),
  operation("/api/vehicle/v1/floor/overview", {
    summary: "Count the spaces and free spaces of floors",
    parameters: [
      id("parkingLotIndexCode", "ID of the car park; all if omitted", longId),
      id("floorIndexCode", "ID of the floor; all if omitted", longId),
    ],
    example: { parkingLotIndexCode: "1", floorIndexCode: "6" },
    result: [
      ...fields("total totalSpaceNum freeSpaceNum"),
      ...fields("floorIndexCode floorName parkingLotIndexCode totalSpaceNum freeSpaceNum", "list[]."),
      ...fields("typeIndexCode typeName typeColor totalSpaceNum freeSpaceNum", "list[].spaceTypeOverView[]."),
    ],
  }),
  operation("/api/vehicle/v1/floor/parkingspace/status", {
    summary: "Read the state of every parking space of a floor",
    parameters: [required(id("floorIndexCode", "ID of the floor", longId))],
    example: { floorIndexCode: "6" },
    result: [
      "total",
      ...fields("spaceIndexCode floorIndexCode spaceType serial status plateNumber creatTime", "list[]."),
      ...fields("duration parkingImageUrl platenumberImageUrl", "list[]."),
    ],
  }),
  operation("/api/vehicle/v1/parkinglot/passageway/record", {
    summary: "Search the vehicles that entered or left a car park",
    parameters: [
      ...pageIndexParameters,
      required(
        object("queryInfo", "Conditions", [
          required(id("parkingLotIndexCode", "ID of the car park", longId)),
          ...period,
          text("ownerName", "Owner's name", { maxLength: 32 }),
          plate,
          choice("directionType", "Direction", { [-1]: "both", 1: "in", 2: "out" }),
          choice("allowResult", "Let pass", { [-1]: "all", 1: "allowed", 2: "not allowed" }),
        ]),
      ),
    ],
    timeWindow: queryWindow,
    paging: indexPaging,
    example: {
      pageIndex: 1,
      pageSize: 50,
      queryInfo: {
        parkingLotIndexCode: "1",
        beginTime: "2024-03-01T00:00:00+01:00",
        endTime: "2024-03-01T23:59:59+01:00",
        directionType: 1,
      },
    },
    result: [
      ...indexPage,
      ...fields("guid parkingLotInfo.parkingLotIndexCode parkingLotInfo.parkingLotName", "list[]."),
      ...fields("passagewayIndexCode passagewayName", "list[].passagewayInfo."),
      ...fields("laneIndexCode laneName direction", "list[].laneInfo."),
      ...fields("cardNum ownerName ownerPhoneNum", "list[].personInfo."),
      ...fields("plateLicense carType ImageUrl EnterTime ExitTime", "list[].carInfo."),
      ...fields("allowType allowResult", "list[]."),
    ],
  }),
  operation("/api/vehicle/v1/parkingspace/record", {
    summary: "Search the vehicles that parked",
    parameters: [
      ...pageIndexParameters,
      required(
        object("queryInfo", "Conditions", [
          id("parkingLotIndexCode", "ID of the car park", longId),
          id("floorIndexCode", "ID of the floor", longId),
          ...period,
          text("spaceSerial", "Number of the parking space", { maxLength: 32 }),
          plate,
          choice("statusType", "State", { [-1]: "all", 0: "parking", 1: "left" }),
        ]),
      ),
    ],
    timeWindow: queryWindow,
    paging: indexPaging,
    example: {
      pageIndex: 1,
      pageSize: 50,
      queryInfo: {
        floorIndexCode: "6",
        beginTime: "2024-03-01T00:00:00+01:00",
        endTime: "2024-03-01T23:59:59+01:00",
        statusType: 0,
      },
    },
    result: [
      ...indexPage,
      ...fields("guid parkingLotIndexCode parkingLotName floorIndexCode floorName", "list[]."),
      ...fields("parkingSpaceSerial plateLicense parkingStatusType occurTime duration", "list[]."),
    ],
  }),
];
