import { XMLParser } from "fast-xml-parser";
import type { SimulatedResponse, SeenRequest, SimulatedDevice } from "../isapi-device";
import { responseStatus } from "./documents";
import { ok, refuse, xml } from "./responses";
import {
  fieldDetection,
  lineDetection,
  metadata,
  motionDetection,
  regionDetection,
  tamperDetection,
  time,
} from "./settings-documents";

export interface SettingsOptions {
  /** Responds OK to a change, but does not store it: seen if another function of the channel excludes it. */
  forgets: boolean;
  /** Changes take effect at the next restart. */
  needsRestart: boolean;
  outputs: number;
  /** The possible methods of an event's notifications. */
  notificationMethods: readonly string[];
  /** The triggers, each with the method of its first notification. */
  triggers: Readonly<Record<string, string>>;
  /** Lists the triggers; some devices respond 500 instead. */
  listsTriggers: boolean;
}

type Leaf = readonly [path: string, value: string];

const NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema";
const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, parseTagValue: false });

/**
 * The settings of a strict device. It refuses documents with missing, extra or reordered elements, another namespace,
 * or values out of range. It also refuses other methods than the guide's.
 */
export class SimulatedSettings {
  /** The documents by path. */
  readonly documents = new Map<string, string>();
  /** The commands to the alarm outputs, in order. */
  readonly outputs: [port: number, state: string][] = [];
  restarts = 0;
  /** Responses to send instead of the next actions, once each. */
  readonly failures: SimulatedResponse[] = [];
  readonly #device: SimulatedDevice;
  readonly #options: SettingsOptions;
  readonly #high = new Set<number>();
  readonly #isRecorder: boolean;

  constructor(device: SimulatedDevice, options: Partial<SettingsOptions> = {}) {
    this.#device = device;
    this.#options = {
      forgets: false,
      needsRestart: false,
      outputs: 2,
      notificationMethods: ["center", "record", "email", "IO", "FTP", "beep", "whiteLight"],
      triggers: { "VMD-1": "record", "linedetection-1": "", diskfull: "beep" },
      listsTriggers: true,
      ...options,
    };
    const { kind, channels } = device.options;
    const isRecorder = kind !== "camera";
    this.#isRecorder = isRecorder;
    for (const index of channels.keys()) {
      const id = index + 1;
      const own = `/ISAPI/System/Video/inputs/channels/${id}/motionDetection`;
      const proxied = `/ISAPI/ContentMgmt/InputProxy/channels/${id}/video/motionDetection`;
      this.#keep(isRecorder ? proxied : own, motionDetection());
      if (isRecorder) device.handlers.set(own, ({ url }) => refuse(url, 403, 4, "notSupport"));
      this.#keep(`/ISAPI/Smart/LineDetection/${id}`, lineDetection(id));
      this.#keep(`/ISAPI/Smart/FieldDetection/${id}`, fieldDetection(id));
      this.#keep(`/ISAPI/Smart/regionEntrance/${id}`, regionDetection("RegionEntrance", id));
      this.#keep(
        isRecorder ? proxied.replace("motion", "tamper") : own.replace("motion", "tamper"),
        tamperDetection(),
      );
      this.#keep(`/ISAPI/Smart/regionExiting/${id}`, regionDetection("RegionExiting", id));
      this.#keep(`/ISAPI/Streaming/channels/${id}/metadata`, metadata());
    }
    this.#keep("/ISAPI/System/time", time());
    for (const [trigger, methods] of Object.entries(this.#options.triggers))
      this.#addTrigger(trigger, methods);
    this.#on("/ISAPI/Event/triggers", ["GET"], ({ url }) =>
      this.#options.listsTriggers
        ? xml(
            `<EventTriggerList version="2.0" xmlns="${this.#triggerSpace}">` +
              `${Object.keys(this.#options.triggers)
                .map((trigger) => this.#triggerXml(trigger))
                .join("")}</EventTriggerList>`,
          )
        : { status: 500, body: responseStatus(url, 3, "Device Error", "deviceError") },
    );
    for (let port = 1; port <= this.#options.outputs; port += 1) this.#addOutput(port);
    this.#on("/ISAPI/System/reboot", ["PUT"], ({ url, body }) => {
      if (body !== "") return refuse(url, 400, 6, "badXmlContent");
      this.restarts += 1;
      return ok(url);
    });
    this.#on("/ISAPI/System/status", ["GET"], () =>
      xml(
        `<DeviceStatus version="2.0" xmlns="${NAMESPACE}"><deviceUpTime>3600</deviceUpTime></DeviceStatus>`,
      ),
    );
  }

  #on(path: string, methods: readonly string[], act: (request: SeenRequest) => SimulatedResponse): void {
    this.#device.handlers.set(path, (request) => {
      const failure = this.failures.shift();
      if (failure !== undefined) return failure;
      return methods.includes(request.method)
        ? act(request)
        : refuse(request.url, 405, 4, "methodNotAllowed");
    });
  }

  #keep(path: string, document: string): void {
    this.documents.set(path, document);
    this.#on(path, ["GET", "PUT"], (request) =>
      request.method === "GET" ? this.#stored(path) : this.#change(path, request),
    );
  }

  #stored(path: string): SimulatedResponse {
    return { status: 200, body: this.documents.get(path) ?? "" };
  }

  #change(path: string, { url, body }: SeenRequest): SimulatedResponse {
    const [now, requested] = [leaves(this.documents.get(path) ?? ""), leaves(body)];
    if (requested === undefined || now === undefined) return refuse(url, 400, 5, "badXmlFormat");
    const names = (all: readonly Leaf[]): string => all.map(([name]) => name).join();
    if (names(now) !== names(requested)) return refuse(url, 400, 6, "badXmlContent");
    const fits = requested.every(([name, value], index) => isAllowed(name, now[index]?.[1] ?? "", value));
    if (!fits) return refuse(url, 400, 6, "badParameters");
    return this.#accept(path, url, body);
  }

  #accept(path: string, url: string, body: string): SimulatedResponse {
    if (!this.#options.forgets) this.documents.set(path, body);
    return this.#options.needsRestart
      ? { status: 200, body: responseStatus(url, 7, "Reboot Required", "rebootRequired") }
      : ok(url);
  }

  /** The namespace of triggers: on recorders, it differs from most documents. */
  get #triggerSpace(): string {
    return this.#isRecorder ? "http://www.isapi.org/ver20/XMLSchema" : NAMESPACE;
  }

  /** Returns a trigger with its current notifications. */
  #triggerXml(trigger: string): string {
    const [, event = trigger, number] = /^(.*)-(\d+)$/.exec(trigger) ?? [];
    const where = this.#isRecorder ? "dynVideoInputChannelID" : "videoInputChannelID";
    const input = event === "IO" ? "inputIOPortID" : where;
    const list = this.documents.get(`/ISAPI/Event/triggers/${trigger}/notifications`) ?? "";
    return (
      `<EventTrigger><id>${trigger}</id><eventType>${event}</eventType>` +
      (number === undefined ? "" : `<${input}>${number}</${input}>`) +
      `${list.replace(/^<\?xml[^>]*>\s*/, "")}</EventTrigger>`
    );
  }

  #addTrigger(trigger: string, method: string): void {
    const path = `/ISAPI/Event/triggers/${trigger}/notifications`;
    const first = method === "" ? "" : this.#notification(method);
    this.documents.set(
      path,
      `<?xml version="1.0" encoding="UTF-8"?>\n<EventTriggerNotificationList version="2.0" xmlns="${this.#triggerSpace}">` +
        `${first}\n</EventTriggerNotificationList>\n`,
    );
    this.#on(`/ISAPI/Event/triggers/${trigger}`, ["GET"], () => xml(this.#triggerXml(trigger)));
    this.#on(path, ["GET", "PUT"], (request) => {
      const { method: verb, url, body } = request;
      if (verb === "GET") return this.#stored(path);
      return this.#isNotificationList(body)
        ? this.#accept(path, url, body)
        : refuse(url, 400, 6, "badXmlContent");
    });
  }

  /**
   * Checks a list: each notification has a unique id and a possible method. On cameras it may have a recurrence. No
   * capture of a recorder has this element; recorders name the recorded channel.
   */
  #isNotificationList(body: string): boolean {
    const all = leaves(body);
    const at = "EventTriggerNotificationList";
    if (all?.[0]?.join("=") !== `${at}@=${this.#triggerSpace}`) return false;
    const inner = all.slice(1);
    const of = (name: string): string[] =>
      inner.filter(([path]) => path === `${at}/EventTriggerNotification/${name}`).map(([, value]) => value);
    const [ids, methods, often] = [of("id"), of("notificationMethod"), of("notificationRecurrence")];
    const inputs = of(this.#isRecorder ? "dynVideoInputID" : "videoInputID");
    return (
      ids.length === methods.length &&
      new Set(ids).size === ids.length &&
      new Set(methods).size === methods.length &&
      ids.length + methods.length + often.length + inputs.length === inner.length &&
      methods.every((method) => this.#options.notificationMethods.includes(method)) &&
      often.every((value) => !this.#isRecorder && /^(beginning|beginningandend|recurring)$/.test(value))
    );
  }

  #notification(method: string): string {
    // The id of "center" is its name; the others have a number.
    const id = method === "center" ? method : `${method}-1`;
    const more = this.#isRecorder
      ? method === "record"
        ? "<dynVideoInputID>1</dynVideoInputID>"
        : ""
      : "<notificationRecurrence>beginning</notificationRecurrence>";
    return (
      `\n<EventTriggerNotification><id>${id}</id><notificationMethod>${method}</notificationMethod>` +
      `${more}</EventTriggerNotification>`
    );
  }

  #addOutput(port: number): void {
    const isRecorder = this.#isRecorder && port > 1;
    const base = `/ISAPI/${isRecorder ? "ContentMgmt/IOProxy" : "System/IO"}/outputs/${port}`;
    this.#on(`${base}/status`, ["GET"], () =>
      xml(
        `<IOPortStatus version="2.0" xmlns="${NAMESPACE}"><ioPortID>${port}</ioPortID><ioPortType>output</ioPortType>` +
          `<ioState>${this.#high.has(port) ? "active" : "inactive"}</ioState></IOPortStatus>`,
      ),
    );
    this.#on(`${base}/trigger`, ["PUT"], ({ url, body }) => {
      const all = leaves(body);
      if (all === undefined) return refuse(url, 400, 5, "badXmlFormat");
      const [, state] = all[1] ?? [];
      if (all.length !== 2 || all[1]?.[0] !== "IOPortData/outputState")
        return refuse(url, 400, 6, "badXmlContent");
      if (state !== "high" && state !== "low") return refuse(url, 400, 6, "badParameters");
      this.outputs.push([port, state]);
      if (state === "high") this.#high.add(port);
      else this.#high.delete(port);
      return ok(url);
    });
  }
}

/** Returns the root's namespace, then all elements without children, in order; undefined if it is not XML. */
function leaves(document: string): Leaf[] | undefined {
  const text = document.trim();
  if (!text.startsWith("<")) return undefined;
  let parsed: unknown;
  try {
    parsed = parser.parse(text, true);
  } catch {
    return undefined;
  }
  const found: Leaf[] = [];
  const walk = (nodes: Record<string, unknown>[], at: string): void => {
    for (const node of nodes) {
      const tag = Object.keys(node).find((key) => key !== ":@") ?? "";
      if (tag.startsWith("?") || tag === "#text") continue;
      const path = at === "" ? tag : `${at}/${tag}`;
      if (at === "")
        found.push([`${tag}@`, (node[":@"] as Record<string, string> | undefined)?.["@_xmlns"] ?? ""]);
      const inner = node[tag] as Record<string, unknown>[];
      const texts = inner.map((child) => child["#text"]).filter((value) => typeof value === "string");
      if (inner.length === texts.length && at !== "") found.push([path, texts.join("")]);
      else walk(inner, path);
    }
  };
  walk(parsed as Record<string, unknown>[], "");
  return found.length === 0 ? undefined : found;
}

function isAllowed(path: string, before: string, value: string): boolean {
  if (/(^|\/)enabled?$/.test(path)) return value === "true" || value === "false";
  if (path.endsWith("/timeMode")) return value === "NTP" || value === "manual";
  if (path.endsWith("/localTime")) return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d)?$/.test(value);
  if (/(Level|Threshold)$/.test(path)) return /^\d{1,3}$/.test(value) && Number(value) <= 100;
  return value === before;
}
