import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import type { SimulatedResponse, SeenRequest, SimulatedDevice } from "../isapi-device";
import { jpeg } from "./alerts";
import { NAMESPACE } from "./documents";
import { frame, guideFraming } from "./framing";
import { refuse, xml } from "./responses";

export interface ThermalOptions {
  /** The channel of the thermal lens; other channels do not measure. */
  channel: number;
  realtime: boolean;
  image: boolean;
  /** 0, 1, 2: °C, °F, K. */
  unit: 0 | 1 | 2;
  /** The size of the matrix. */
  width: number;
  height: number;
  /** 4: floats in °C. 2: kelvins less the offset, times the scale. */
  valueBytes: 2 | 4;
  /** Whether it adds a visible-light image. */
  visible: boolean;
}

const SCALE = 50;
const OFFSET = 20;
const unitNames = ["degreeCentigrade", "degreeFahrenheit", "degreeKelvin"];

/** Returns one rule's upload of the real-time stream. */
export function upload(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    relativeTime: 0,
    absTime: 1_741_064_767,
    ruleName: "Bearing 3",
    ruleID: 4,
    ruleCalibType: 1,
    presetNo: 0,
    LinePolygonThermCfg: {
      MaxTemperature: 71.5,
      MinTemperature: 20.1,
      AverageTemperature: 33.3,
      TemperatureDiff: 51.4,
      Region: [{ Point: { positionX: 0.1, positionY: 0.2 } }],
    },
    thermometryUnit: 0,
    dataType: 0,
    isFreezedata: false,
    HighestPoint: { positionX: 0.25, positionY: 0.5 },
    LowestPoint: { positionX: 0.75, positionY: 0.125 },
    ...fields,
  };
}

/**
 * The thermal functions of a camera: temperatures of rules and of every pixel. It refuses the functions that its
 * capabilities exclude. Emits `stream` when a client has opened the real-time stream.
 */
export class SimulatedThermalCamera extends EventEmitter<{ stream: [] }> {
  readonly options: ThermalOptions;
  /** Returns the °C of a pixel; row 0 is at the top. */
  temperatureAt: (column: number, row: number) => number = (column, row) => 20 + column + row / 10;
  readonly #streams = new Set<PassThrough>();

  constructor(device: SimulatedDevice, options: Partial<ThermalOptions> = {}) {
    super();
    this.options = {
      channel: 2,
      realtime: true,
      image: true,
      unit: 0,
      width: 16,
      height: 12,
      valueBytes: 4,
      visible: true,
      ...options,
    };
    const base = `/ISAPI/Thermal/channels/${this.options.channel}/thermometry`;
    const on = (path: string, act: (request: SeenRequest) => SimulatedResponse): void => {
      device.handlers.set(path, (request) =>
        request.method === "GET" ? act(request) : refuse(request.url, 405, 4, "methodNotAllowed"),
      );
    };
    on("/ISAPI/Thermal/capabilities", () => xml(this.#capabilities()));
    on(`${base}/basicParam`, () => xml(this.#basicParam()));
    on(`${base}/1/rulesTemperatureInfo`, ({ url }) =>
      wantsJson(url) ? json(this.#rules()) : refuse(url, 400, 6, "badParameters"),
    );
    on(`${base}/realTimethermometry/rules`, ({ url }) => this.#open(url));
    on(`${base}/jpegPicWithAppendData`, ({ url }) => this.#image(url));
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Sends temperatures to every open stream. */
  send(...uploads: Record<string, unknown>[]): void {
    const body = JSON.stringify({ ThermometryUploadList: { ThermometryUpload: uploads } });
    this.raw(frame(guideFraming, "application/json", body));
  }

  raw(bytes: Buffer | string): void {
    for (const stream of this.#streams) stream.write(bytes);
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #open(url: string): SimulatedResponse {
    if (!this.options.realtime) return refuse(url, 403, 4, "notSupport");
    if (!wantsJson(url)) return refuse(url, 400, 6, "badParameters");
    const stream = new PassThrough();
    stream.on("close", () => this.#streams.delete(stream));
    stream.on("error", () => undefined);
    this.#streams.add(stream);
    setImmediate(() => this.emit("stream"));
    return { status: 200, type: "multipart/mixed; boundary=boundary", body: stream };
  }

  #image(url: string): SimulatedResponse {
    if (!this.options.image) return refuse(url, 403, 4, "notSupport");
    if (!wantsJson(url)) return refuse(url, 400, 6, "badParameters");
    return { status: 200, type: "multipart/form-data; boundary=boundary", body: this.imageBody() };
  }

  /** Returns the image with temperatures. @param changes to the description, to make it wrong */
  imageBody(changes: Record<string, unknown> = {}): Buffer {
    const { width, height, valueBytes, visible, channel } = this.options;
    const thermal = jpeg(700, 64, 48);
    const matrix = this.#matrix();
    const optical = visible ? jpeg(900, 128, 96) : undefined;
    const description = {
      channel,
      jpegPicLen: thermal.length,
      jpegPicWidth: width,
      jpegPicHeight: height,
      p2pDataLen: matrix.length,
      isFreezedata: false,
      temperatureDataLength: valueBytes,
      ...(valueBytes === 2 ? { scale: SCALE, offset: OFFSET } : {}),
      ...(optical === undefined ? {} : { visiblePicLen: optical.length }),
      ...changes,
    };
    return Buffer.concat([
      frame(
        guideFraming,
        "application/json",
        JSON.stringify({ JpegPictureWithAppendData: description }, null, 2),
      ),
      frame(guideFraming, "image/pjpeg", thermal),
      frame(guideFraming, "application/octet-stream", matrix),
      ...(optical === undefined ? [] : [frame(guideFraming, "image/pjpeg", optical)]),
      Buffer.from("--boundary--\r\n"),
    ]);
  }

  #matrix(): Buffer {
    const { width, height, valueBytes } = this.options;
    const matrix = Buffer.alloc(width * height * valueBytes);
    for (let index = 0; index < width * height; index += 1) {
      const celsius = this.temperatureAt(index % width, Math.floor(index / width));
      if (valueBytes === 4) matrix.writeFloatLE(celsius, index * 4);
      else matrix.writeInt16LE(Math.round((celsius + 273.15 - OFFSET) * SCALE), index * 2);
    }
    return matrix;
  }

  #rules(): unknown {
    const point = (x: number, y: number): object => ({ positionX: x, positionY: y });
    const rule = {
      id: 4,
      maxTemperature: [71.5, 160.7, 344.65][this.options.unit],
      minTemperature: [20, 68, 293.15][this.options.unit],
      averageTemperature: [33, 91.4, 306.15][this.options.unit],
      MaxTemperaturePoint: point(0.25, 0.5),
      MinTemperaturePoint: point(0.75, 0.125),
      isFreezedata: false,
    };
    return { ThermometryRulesTemperatureInfoList: { ThermometryRulesTemperatureInfo: [rule] } };
  }

  #basicParam(): string {
    return (
      `<ThermometryBasicParam ${NAMESPACE}><id>${this.options.channel}</id><enabled>true</enabled>` +
      `<temperatureUnit>${unitNames[this.options.unit] ?? ""}</temperatureUnit></ThermometryBasicParam>`
    );
  }

  #capabilities(): string {
    const { realtime, image } = this.options;
    return (
      `<ThermalCap ${NAMESPACE}><isSupportThermometry>true</isSupportThermometry>` +
      `<isSupportRealtimeThermometry>true</isSupportRealtimeThermometry>` +
      `<isSupportJpegPicWithAppendData>${image}</isSupportJpegPicWithAppendData>` +
      `<isSupportRealTimeThermometryForHTTP>${realtime}</isSupportRealTimeThermometryForHTTP></ThermalCap>`
    );
  }
}

function wantsJson(url: string): boolean {
  return new URLSearchParams(url.split("?")[1]).get("format") === "json";
}

function json(body: unknown): SimulatedResponse {
  return { status: 200, type: "application/json", body: JSON.stringify(body) };
}
