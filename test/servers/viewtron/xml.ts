/** The prolog of every post. */
export const PROLOG = '<?xml version="1.0" encoding="UTF-8" ?>';
export const NAMESPACE = 'xmlns="http://www.ipc.com/ver10"';

export const cdata = (text: string): string => `<![CDATA[${text}]]>`;

/** A rectangle in ten thousandths of the image. */
export interface Rectangle {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** @param typed whether elements declare their data type, as cameras do and recorders do not */
export function rect(rectangle: Rectangle, typed: boolean, name = "rect"): string {
  const corner = (key: keyof Rectangle): string => element(key, rectangle[key], typed ? "uint32" : undefined);
  return `<${name}>${corner("x1")}${corner("y1")}${corner("x2")}${corner("y2")}</${name}>`;
}

export function element(name: string, value: string | number, type?: string): string {
  return `<${name}${type === undefined ? "" : ` type="${type}"`}>${value}</${name}>`;
}

/** Unix time in microseconds, as newer firmware sends it. */
export const microseconds = (date: Date): string => `${date.getTime()}000`;

export interface CameraIdentity {
  name: string;
  mac: string;
  serial: string;
  address: string;
}

export const defaultIdentity: CameraIdentity = {
  name: "Yard",
  mac: "58:5b:69:10:20:30",
  serial: "I10203040ABC",
  address: "192.0.2.21",
};
