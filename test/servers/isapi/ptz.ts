import { EventEmitter } from "node:events";
import { XMLParser } from "fast-xml-parser";
import type { SimulatedResponse, Handler, SeenRequest, SimulatedDevice } from "../isapi-device";
import { NAMESPACE } from "./documents";
import { ok, refuse, xml } from "./responses";

export interface PtzOptions {
  channel: number;
  /** The camera is behind a recorder's proxy. */
  proxied: boolean;
  /** The limit of the speeds. */
  maxSpeed: number;
  /** Whether it publishes capabilities; older firmware does not. */
  capabilities: boolean;
  presets: number;
  patrols: number;
}

/** An action of the camera. */
export type PtzAction = [what: string, ...values: (number | string)[]];

type Xml = Record<string, unknown>;

/**
 * The PTZ of one channel. Refuses requests with values out of range, another form or another method. Emits `action` for
 * each action. Source: ISAPI guide, PTZ service.
 */
export class SimulatedPtz extends EventEmitter<{ action: [PtzAction] }> {
  readonly actions: PtzAction[] = [];
  /** In tenths. */
  position = { elevation: 50, azimuth: 900, absoluteZoom: 10 };
  speed = { pan: 0, tilt: 0, zoom: 0 };
  readonly lens = { focus: 0, iris: 0 };
  readonly presets = new Map<number, string>([[1, "Gate & yard"]]);
  patrolling: number | undefined;
  /** Responses to send instead of the next actions, once each. */
  readonly failures: SimulatedResponse[] = [];
  readonly #options: PtzOptions;

  constructor(device: SimulatedDevice, options: Partial<PtzOptions> = {}) {
    super();
    this.#options = {
      channel: 1,
      proxied: false,
      maxSpeed: 100,
      capabilities: true,
      presets: 20,
      patrols: 4,
      ...options,
    };
    const { channel, proxied, presets, patrols } = this.#options;
    const base = `/ISAPI/${proxied ? "ContentMgmt/PTZCtrlProxy" : "PTZCtrl"}/channels/${channel}`;
    const input = proxied
      ? `/ISAPI/ContentMgmt/InputProxy/channels/${channel}/video`
      : `/ISAPI/System/Video/inputs/channels/${channel}`;
    const on = (path: string, method: string, act: (request: SeenRequest) => SimulatedResponse): void => {
      device.handlers.set(path, this.#guarded(method, act));
    };
    if (this.#options.capabilities) on(`${base}/capabilities`, "GET", () => xml(this.#capabilities()));
    on(`${base}/status`, "GET", () => xml(this.#status()));
    on(`${base}/presets`, "GET", () => xml(this.#presetList()));
    on(`${base}/patrols`, "GET", () => xml(patrolList(patrols)));
    on(`${base}/continuous`, "PUT", (request) => this.#move(request, "continuous"));
    on(`${base}/momentary`, "PUT", (request) => this.#move(request, "momentary"));
    on(`${base}/absolute`, "PUT", (request) => this.#goAbsolute(request));
    on(`${base}/relative`, "PUT", (request) => this.#goRelative(request));
    on(`${input}/focus`, "PUT", (request) => this.#turn(request, "FocusData", "focus"));
    on(`${input}/iris`, "PUT", (request) => this.#turn(request, "IrisData", "iris"));
    for (let id = 1; id <= presets; id += 1) {
      on(`${base}/presets/${id}`, "PUT", (request) => this.#savePreset(request, id));
      on(`${base}/presets/${id}/goto`, "PUT", (request) => this.#gotoPreset(request, id));
    }
    for (let id = 1; id <= patrols; id += 1) {
      on(`${base}/patrols/${id}/start`, "PUT", ({ url }) => this.#patrol(url, id, "start"));
      on(`${base}/patrols/${id}/stop`, "PUT", ({ url }) => this.#patrol(url, id, "stop"));
    }
  }

  get isMoving(): boolean {
    return Object.values({ ...this.speed, ...this.lens }).some((value) => value !== 0);
  }

  #guarded(method: string, act: (request: SeenRequest) => SimulatedResponse): Handler {
    return (request) => {
      const failure = this.failures.shift();
      if (failure !== undefined) return failure;
      return request.method === method ? act(request) : refuse(request.url, 405, 4, "methodNotAllowed");
    };
  }

  #did(url: string, ...action: PtzAction): SimulatedResponse {
    this.actions.push(action);
    // Emit after the request is stored: tests wait for `action`, then read the requests.
    setImmediate(() => this.emit("action", action));
    return ok(url);
  }

  #move({ url, body }: SeenRequest, kind: "continuous" | "momentary"): SimulatedResponse {
    const data = parse(body, "PTZData");
    if (data === undefined) return refuse(url, 400, 5, "badXmlFormat");
    const { maxSpeed } = this.#options;
    const [pan, tilt, zoom] = ["pan", "tilt", "zoom"].map((name) => integer(data[name], -maxSpeed, maxSpeed));
    const duration = integer((data.Momentary as Xml | undefined)?.duration, 1, 3_600_000);
    if (pan === undefined || tilt === undefined || zoom === undefined)
      return refuse(url, 400, 6, "badParameters");
    if ((kind === "momentary") !== (duration !== undefined)) return refuse(url, 400, 6, "badXmlContent");
    if (kind === "continuous") this.speed = { pan, tilt, zoom };
    this.patrolling = undefined;
    return this.#did(url, kind, pan, tilt, zoom, ...(duration === undefined ? [] : [duration]));
  }

  #goAbsolute({ url, body }: SeenRequest): SimulatedResponse {
    const high = parse(body, "PTZData")?.AbsoluteHigh as Xml | undefined;
    if (high === undefined) return refuse(url, 400, 6, "badXmlContent");
    const elevation = integer(high.elevation, -50, 900);
    const azimuth = integer(high.azimuth, 0, 3600);
    const absoluteZoom = integer(high.absoluteZoom, 10, 250);
    if (elevation === undefined || azimuth === undefined || absoluteZoom === undefined)
      return refuse(url, 400, 6, "badParameters");
    this.position = { elevation, azimuth, absoluteZoom };
    return this.#did(url, "absolute", azimuth, elevation, absoluteZoom);
  }

  #goRelative({ url, body }: SeenRequest): SimulatedResponse {
    const relative = parse(body, "PTZData")?.Relative as Xml | undefined;
    if (relative === undefined) return refuse(url, 400, 6, "badXmlContent");
    const [x, y, zoom] = ["positionX", "positionY", "relativeZoom"].map((name) =>
      integer(relative[name], -100, 100),
    );
    if (x === undefined || y === undefined || zoom === undefined) return refuse(url, 400, 6, "badParameters");
    return this.#did(url, "relative", x, y, zoom);
  }

  #turn({ url, body }: SeenRequest, root: string, drive: "focus" | "iris"): SimulatedResponse {
    const speed = integer(parse(body, root)?.[drive], -100, 100);
    if (speed === undefined) return refuse(url, 400, 6, "badParameters");
    this.lens[drive] = speed;
    return this.#did(url, drive, speed);
  }

  #savePreset({ url, body }: SeenRequest, id: number): SimulatedResponse {
    const preset = parse(body, "PTZPreset");
    const name = preset?.presetName;
    if (integer(preset?.id, id, id) === undefined || typeof name !== "string" || Buffer.byteLength(name) > 32)
      return refuse(url, 400, 6, "badXmlContent");
    this.presets.set(id, name);
    return this.#did(url, "setPreset", id, name);
  }

  #gotoPreset({ url, body }: SeenRequest, id: number): SimulatedResponse {
    if (body !== "") return refuse(url, 400, 6, "badXmlContent");
    if (!this.presets.has(id)) return refuse(url, 403, 4, "invalidOperation");
    return this.#did(url, "gotoPreset", id);
  }

  #patrol(url: string, id: number, action: "start" | "stop"): SimulatedResponse {
    this.patrolling = action === "start" ? id : undefined;
    return this.#did(url, `${action}Patrol`, id);
  }

  #capabilities(): string {
    const { maxSpeed, presets, patrols } = this.#options;
    const range = (name: string, min: number, max: number): string =>
      `<${name}><Min>${min}</Min><Max>${max}</Max></${name}>`;
    const space = (name: string, ...ranges: string[]): string => `<${name}>${ranges.join("")}</${name}>`;
    const [x, y, z] = ["XRange", "YRange", "ZRange"].map((name) => range(name, -maxSpeed, maxSpeed)) as [
      string,
      string,
      string,
    ];
    return (
      `<PTZChanelCap ${NAMESPACE}>` +
      space("AbsolutePanTiltPositionSpace", range("XRange", 0, 3600), range("YRange", -50, 900)) +
      space("AbsoluteZoomPositionSpace", range("ZRange", 10, 250)) +
      space("RelativePanTiltSpace", range("XRange", -100, 100), range("YRange", -100, 100)) +
      space("RelativeZoomSpace", range("ZRange", -100, 100)) +
      space("ContinuousPanTiltSpace", x, y) +
      space("ContinuousZoomSpace", z) +
      space("MomentaryPanTiltSpace", x, y) +
      space("MomentaryZoomSpace", z) +
      `<maxPresetNum>${presets}</maxPresetNum><maxPatrolNum>${patrols}</maxPatrolNum></PTZChanelCap>`
    );
  }

  #status(): string {
    const { elevation, azimuth, absoluteZoom } = this.position;
    return (
      `<PTZStatus ${NAMESPACE}><AbsoluteHigh><elevation>${elevation}</elevation><azimuth>${azimuth}</azimuth>` +
      `<absoluteZoom>${absoluteZoom}</absoluteZoom></AbsoluteHigh></PTZStatus>`
    );
  }

  #presetList(): string {
    const presets = [...this.presets].map(
      ([id, name]) =>
        `<PTZPreset ${NAMESPACE}><enabled>true</enabled><id>${id}</id>` +
        `<presetName>${name.replaceAll("&", "&amp;")}</presetName></PTZPreset>`,
    );
    return `<PTZPresetList ${NAMESPACE}>${presets.join("")}</PTZPresetList>`;
  }
}

function patrolList(count: number): string {
  const patrols = Array.from(
    { length: count },
    (_, index) =>
      `<PTZPatrol ${NAMESPACE}><enabled>${index === 0}</enabled><id>${index + 1}</id>` +
      `<patrolName>Patrol 0${index + 1}</patrolName><PatrolSequenceList><PatrolSequence><presetID>${index + 1}</presetID>` +
      `<seqTime>15</seqTime><seqSpeed>30</seqSpeed></PatrolSequence><PatrolSequence><presetID>0</presetID>` +
      `</PatrolSequence></PatrolSequenceList></PTZPatrol>`,
  );
  return `<PTZPatrolList ${NAMESPACE}>${patrols.join("")}</PTZPatrolList>`;
}

const parser = new XMLParser({ parseTagValue: false });

function parse(body: string, root: string): Xml | undefined {
  const document = parser.parse(body) as Record<string, Xml | undefined>;
  return document[root];
}

function integer(value: unknown, min: number, max: number): number | undefined {
  if (typeof value !== "string" || !/^-?\d+$/.test(value)) return undefined;
  const number = Number(value);
  return number >= min && number <= max ? number : undefined;
}
