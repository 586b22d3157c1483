import { ownField } from "../core/fields";
import type { CommonEvent, EventState, EventTarget } from "../events";
import { countsOf, detailsOf } from "./details";
import { channelKey, channelOf, deviceOf } from "./device";
import type { XmlElement } from "../xml/tree";
import { faceTargets, matchTargets } from "./faces";
import { imagesOf, sizeOfImage, type OwnedImage } from "./images";
import { plateItems, plateTargets } from "./plates";
import { dialectOf, postKindOf, type Dialect, type PostKind } from "./post-kind";
import { assertWithinLimits, parsePost, type ParsedPost } from "./post";
import { PEA, reportsOf, type Report } from "./reports";
import { statusEvents } from "./statuses";
import { targetsOf } from "./targets";
import { localTime, unixTime } from "./time";
import { kindOfSmartType, type EventKind } from "./vocabulary";

export interface PostContext {
  /** Address of the sender. */
  sender: string;
  /** The time of arrival. */
  receivedAt: Date;
}

/** A decoded post. Each alarm state, block and target with an event id is a separate event. */
export interface ViewtronPost {
  kind: PostKind;
  /** Undefined for an empty body. */
  dialect?: Dialect;
  events: CommonEvent[];
}

/**
 * Decodes the body of a post of a Viewtron (TVT) camera or recorder, whatever its firmware.
 *
 * @param body as received; an empty one is a heartbeat
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID if it is not XML from a camera
 */
export function decodePost(body: Buffer, context: PostContext): ViewtronPost {
  if (isBlank(body)) return { kind: "heartbeat", events: [heartbeatOf({ host: context.sender }, context)] };
  const { root, longText } = parsePost(body);
  const kind = postKindOf(root);
  const dialect = dialectOf(root);
  const device = deviceOf(root, context.sender);
  if (kind === "rules") return { kind, dialect, events: [] };
  if (kind === "heartbeat") return { kind, dialect, events: [heartbeatOf(device, context)] };

  const channel = channelOf(root);
  const post: ParsedPost = {
    root,
    longText,
    size: body.length,
    base: {
      source: "viewtron",
      time: timeOf(root) ?? context.receivedAt.toISOString(),
      receivedTime: context.receivedAt.toISOString(),
      device,
      channel,
      details: detailsOf(root, longText),
    },
    key: channelKey(device, channel),
  };
  return { kind, dialect, events: kind === "status" ? statusEvents(post) : dataEvents(post, kind) };
}

function dataEvents(post: ParsedPost, postKind: PostKind): CommonEvent[] {
  const { root, base } = post;
  const vendorType = vendorTypeOf(root, postKind);
  const counts = countsOf(root);
  const details = counts === undefined ? base.details : { ...base.details, counts };
  const reports =
    postKind === "tracks" ? [{ kind: kindOfSmartType("VSD"), status: RUNNING }] : reportsOf(root, vendorType);
  assertWithinLimits(reports.length, [root], post.size);
  // Decoded once for each kind: a post may list hundreds of events.
  const contents = new Map<EventKind, Contents>();
  const contentsFor = (kind: EventKind): Contents => {
    const known = contents.get(kind) ?? contentsOf(post, kind);
    contents.set(kind, known);
    return known;
  };
  return reports.map((report) =>
    eventOf({ ...post, base: { ...base, details } }, vendorType, report, contentsFor(report.kind)),
  );
}

/** The images and targets of a post. */
interface Contents {
  images: readonly OwnedImage[];
  targets: readonly EventTarget[];
}

function contentsOf({ root, longText }: ParsedPost, kind: EventKind): Contents {
  const crop = cropKind(root, kind);
  const images = imagesOf(root, crop, longText);
  const overview = sizeOfImage(images.find(({ image }) => image.kind === "overview")?.image);
  const targets = {
    plate: () => plateTargets(root, overview),
    face: () => (kind.type === "faceMatch" ? matchTargets(root) : faceTargets(root, overview)),
    target: () => targetsOf(root),
  }[crop]();
  return { images, targets };
}

function vendorTypeOf(root: XmlElement, postKind: PostKind): string {
  const smartType = root.value("smartType");
  if (smartType !== undefined) return smartType;
  if (postKind === "tracks") return "traject";
  return postKind === "data" ? PEA : root.name;
}

function eventOf(
  { root, base, key }: ParsedPost,
  vendorType: string,
  { kind, occurrence, status, about }: Report,
  { images, targets }: Contents,
): CommonEvent {
  const isConcerned = (id: unknown): boolean => about === undefined || about.has(String(id));
  return {
    ...base,
    type: kind.type,
    vendorType,
    state: ownField(states, status ?? "") ?? "pulse",
    id: `${key}/${vendorType}/${occurrence ?? occurrenceOf(root, base.time)}`,
    description: kind.description,
    // Copies: a flow that changes one event must not change the others of the post.
    device: { ...base.device },
    channel: { ...base.channel },
    targets: targets.filter(({ id }) => isConcerned(id)).map((target) => ({ ...target })),
    images: images.filter(({ owners }) => owners.every(isConcerned)).map(({ image }) => ({ ...image })),
  };
}

function cropKind(root: XmlElement, { type }: EventKind): "plate" | "face" | "target" {
  if (type === "licensePlate" || plateItems(root).length > 0) return "plate";
  if (type === "face" || type === "faceMatch" || root.child("faceListInfo") !== undefined) return "face";
  return "target";
}

const RUNNING = "SMART_PROCEDURE";

/** The states by status. The camera repeats an event id as long as a target is present. */
const states: Record<string, EventState> = {
  SMART_START: "start",
  [RUNNING]: "update",
  SMART_STOP: "end",
};

/** Returns the time as the id of an occurrence without an id. */
function occurrenceOf(root: XmlElement, time: string): string {
  return root.child("traject") === undefined ? time : "tracks";
}

function timeOf(root: XmlElement): string | undefined {
  return unixTime(root.value("snapTime") ?? root.value("currentTime")) ?? localTime(root.value("dataTime"));
}

function heartbeatOf(device: CommonEvent["device"], { receivedAt }: PostContext): CommonEvent {
  const time = receivedAt.toISOString();
  const channel = { id: "0" };
  return {
    source: "viewtron",
    type: "heartbeat",
    vendorType: "keepalive",
    state: "pulse",
    id: `${channelKey(device, channel)}/keepalive/${time}`,
    time,
    receivedTime: time,
    device,
    channel,
    targets: [],
    images: [],
    details: {},
  };
}

function isBlank(body: Buffer): boolean {
  return body.length < 64 && body.toString("latin1").replaceAll("\0", "").trim() === "";
}
