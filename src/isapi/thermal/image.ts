import { SurveillanceError } from "../../core/errors";
import { imageType } from "../../media/sniff";
import { isFields, numberOf, textOf, type Fields } from "../../core/fields";
import { ABSOLUTE_ZERO } from "./temperature";

export interface ThermalImage {
  /** °C, row by row from the top left. */
  temperatures: Float32Array;
  /** The size of the matrix in pixels. */
  width: number;
  height: number;
  /** The thermal image. */
  jpeg: Buffer;
  /** The visible-light image of the same moment, from cameras with both lenses. */
  visible?: Buffer;
  /** True while the camera calibrates: the values are old. */
  frozen: boolean;
}

const MAX_PIXELS = 4_000_000;
const HEADERS_END = "\r\n\r\n";

/**
 * Reads the response to `jpegPicWithAppendData`: a description in JSON, the thermal JPEG, the temperatures of all
 * pixels, and in some responses a visible-light JPEG. The lengths in the description separate the parts: a search for the
 * boundary could find it inside the temperatures. Source: thermal guide, pixel-to-pixel thermometry.
 *
 * @throws {SurveillanceError} ISAPI_REPLY if lengths, sizes and bytes contradict each other
 */
export function readThermalImage(body: Buffer): ThermalImage {
  const start = body.indexOf("{");
  const end = body.indexOf("\r\n--", start);
  const info = start < 0 || end < 0 ? undefined : describe(body.toString("utf8", start, end));
  if (info === undefined) throw damaged("it has no description");
  const { width, height } = info;
  if (width < 1 || height < 1 || width * height > MAX_PIXELS)
    throw damaged(`its size is ${width} × ${height}`);
  const jpeg = take(body, end, info.jpegBytes);
  if (imageType(jpeg.data) !== "image/jpeg") throw damaged("the JPEG is missing");
  const matrix = take(body, jpeg.end, info.matrixBytes);
  const temperatures = readMatrix(matrix.data, info);
  const visible = info.visibleBytes > 0 ? take(body, matrix.end, info.visibleBytes).data : undefined;
  return {
    temperatures,
    width,
    height,
    jpeg: jpeg.data,
    ...(visible !== undefined && imageType(visible) === "image/jpeg" ? { visible } : {}),
    frozen: info.frozen,
  };
}

interface Description {
  width: number;
  height: number;
  jpegBytes: number;
  matrixBytes: number;
  visibleBytes: number;
  valueBytes: number;
  scale: number;
  offset: number;
  frozen: boolean;
}

function describe(json: string): Description | undefined {
  let fields: Fields;
  try {
    const parsed: unknown = JSON.parse(json);
    const inner = isFields(parsed) ? parsed.JpegPictureWithAppendData : undefined;
    if (!isFields(inner)) return undefined;
    fields = inner;
  } catch {
    return undefined;
  }
  const number = (name: string): number => numberOf(fields, name) ?? 0;
  return {
    width: number("jpegPicWidth"),
    height: number("jpegPicHeight"),
    jpegBytes: number("jpegPicLen"),
    matrixBytes: number("p2pDataLen"),
    visibleBytes: number("visiblePicLen"),
    valueBytes: numberOf(fields, "temperatureDataLength") ?? 4,
    scale: number("scale"),
    offset: number("offset"),
    frozen: textOf(fields, "isFreezedata") === "true",
  };
}

/** Returns the body of the next part. It follows the blank line after the headers. */
function take(body: Buffer, from: number, length: number): { data: Buffer; end: number } {
  const headers = body.indexOf(HEADERS_END, from);
  const start = headers + HEADERS_END.length;
  if (headers < 0 || length < 1 || start + length > body.length)
    throw damaged("a part is missing or incomplete");
  return { data: body.subarray(start, start + length), end: start + length };
}

/** Reads the temperatures: four bytes are °C as a float; two bytes are kelvins, scaled and shifted. */
function readMatrix(data: Buffer, info: Description): Float32Array {
  const { width, height, valueBytes, scale, offset } = info;
  const known = valueBytes === 4 || (valueBytes === 2 && scale !== 0);
  if (!known)
    throw damaged(`its temperatures have ${valueBytes} bytes${valueBytes === 2 ? " and no scale" : ""}`);
  if (data.length !== width * height * valueBytes) {
    throw damaged(`it has ${data.length} bytes of temperatures for ${width} × ${height} pixels`);
  }
  return Float32Array.from({ length: width * height }, (_, index) =>
    valueBytes === 4
      ? data.readFloatLE(index * 4)
      : data.readInt16LE(index * 2) / scale + offset + ABSOLUTE_ZERO,
  );
}

function damaged(why: string): SurveillanceError {
  return new SurveillanceError("ISAPI_REPLY", `The device's image with temperatures cannot be read: ${why}.`);
}
