/** Settings in the form of real devices, with attributes, comments and unknown elements, and invented values. */

import { NAMESPACE, XML_DECLARATION } from "./documents";

const screen =
  "<normalizedScreenSize><normalizedScreenWidth>1000</normalizedScreenWidth>" +
  "<normalizedScreenHeight>1000</normalizedScreenHeight></normalizedScreenSize>\n";

export function motionDetection(): string {
  return (
    `${XML_DECLARATION}<MotionDetection ${NAMESPACE}>\r\n<enabled>false</enabled>\r\n<enableHighlight>true</enableHighlight>\r\n` +
    "<samplingInterval>2</samplingInterval><startTriggerTime>500</startTriggerTime><endTriggerTime>500</endTriggerTime>" +
    "<regionType>grid</regionType><Grid><rowGranularity>18</rowGranularity><columnGranularity>22</columnGranularity>" +
    '</Grid>\r\n<MotionDetectionLayout version="2.0"><sensitivityLevel>60</sensitivityLevel><layout>' +
    "<gridMap>fffffcfffffc000000</gridMap></layout></MotionDetectionLayout>\r\n</MotionDetection>\r\n"
  );
}

/** Returns the tampering detection, switched on by default. */
export function tamperDetection(): string {
  return (
    `${XML_DECLARATION}<TamperDetection ${NAMESPACE}>\n<enabled>true</enabled>\n${screen}` +
    "<TamperDetectionRegionList><TamperDetectionRegion><id>1</id><enabled>true</enabled>" +
    "<sensitivityLevel>20</sensitivityLevel></TamperDetectionRegion></TamperDetectionRegionList>\n</TamperDetection>"
  );
}

export function lineDetection(id: number): string {
  const line = (number: number, on: boolean): string =>
    `<LineItem><id>${number}</id><enabled>${on}</enabled><sensitivityLevel>50</sensitivityLevel>` +
    "<directionSensitivity>any</directionSensitivity><CoordinatesList><Coordinates><positionX>120</positionX>" +
    "<positionY>340</positionY></Coordinates><Coordinates><positionX>880</positionX><positionY>345</positionY>" +
    "</Coordinates></CoordinatesList></LineItem>";
  return (
    `${XML_DECLARATION}<LineDetection ${NAMESPACE}>\n<id>${id}</id>\n<enabled>false</enabled>\n${screen}` +
    `<LineItemList size="4">${line(1, true)}${line(2, false)}</LineItemList>\n</LineDetection>`
  );
}

export function fieldDetection(id: number): string {
  return (
    `${XML_DECLARATION}<FieldDetection ${NAMESPACE}>\n<id>${id}</id>\n<enabled>true</enabled>\n${screen}` +
    `<FieldDetectionRegionList size="4">${region("FieldDetectionRegion", "<timeThreshold>5</timeThreshold>")}` +
    "</FieldDetectionRegionList>\n</FieldDetection>"
  );
}

export function regionDetection(root: "RegionEntrance" | "RegionExiting", id: number): string {
  return (
    `${XML_DECLARATION}<${root} ${NAMESPACE}>\n<id>${id}</id>\n<enabled>false</enabled>\n${screen}` +
    `<${root}RegionList size="4">${region(`${root}Region`, "<detectionTarget>human,vehicle</detectionTarget>")}` +
    `</${root}RegionList>\n</${root}>`
  );
}

function region(name: string, more: string): string {
  return (
    `<${name}><id>1</id><enabled>true</enabled><sensitivityLevel>50</sensitivityLevel>${more}<name>R&amp;D &#60;1&#62;</name>` +
    `<RegionCoordinatesList><RegionCoordinates><positionX>100</positionX><positionY>100</positionY></RegionCoordinates>` +
    `<RegionCoordinates><positionX>900</positionX><positionY>100</positionY></RegionCoordinates></RegionCoordinatesList></${name}>`
  );
}

/** Returns one switch per kind of metadata. */
export function metadata(): string {
  const kind = (type: string): string => `<Metadata><type>${type}</type><enable>false</enable></Metadata>`;
  return (
    `${XML_DECLARATION}<MetadataCfg version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema"><MetadataList>` +
    `${kind("thermometry")}${kind("faceCapture")}${kind("fireDetection")}</MetadataList></MetadataCfg>`
  );
}

export function time(): string {
  return (
    `${XML_DECLARATION}<Time ${NAMESPACE}>\n<timeMode>NTP</timeMode>\n<localTime>2025-03-04T05:06:07+02:00</localTime>\n` +
    "<timeZone>CST-2:00:00</timeZone>\n<satelliteInterval>60</satelliteInterval>\n</Time>"
  );
}
