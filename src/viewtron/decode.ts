import type { CommonEvent, EventState } from "../events";
import { countsOf } from "./counts";
import { detailsOf } from "./details";
import { channelKey, channelOf, deviceOf } from "./device";
import type { XmlElement } from "./element";
import { faceTargets, matchTargets } from "./faces";
import { pictureSize } from "./images";
import { picturesOf } from "./pictures";
import { plateItems, plateTargets } from "./plates";
import { dialectOf, postKindOf, type Dialect, type PostKind } from "./post-kind";
import type { DecodedPost } from "./decoded-post";
import { statusEvents } from "./statuses";
import { targetsOf } from "./targets";
import { localTime, unixTime } from "./time";
import { kindOfSmartType, peaByLine, type EventKind } from "./vocabulary";
import { parseXml } from "./xml";

export interface PostContext {
  /** Address of the connection the post came over. */
  sender: string;
  /** When it came. */
  receivedAt: Date;
}

/** A post, decoded. A post of several alarm states is several events, every other one. */
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
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID when it is no XML that a camera sends
 */
export function decodePost(body: Buffer, context: PostContext): ViewtronPost {
  if (isBlank(body)) return { kind: "heartbeat", events: [heartbeatOf({ host: context.sender }, context)] };
  const { root, blob } = parseXml(body);
  const kind = postKindOf(root);
  const dialect = dialectOf(root);
  const device = deviceOf(root, context.sender);
  if (kind === "heartbeat") return { kind, dialect, events: [heartbeatOf(device, context)] };

  const channel = channelOf(root);
  const post: DecodedPost = {
    root,
    blob,
    base: {
      source: "viewtron",
      time: timeOf(root) ?? context.receivedAt.toISOString(),
      receivedTime: context.receivedAt.toISOString(),
      device,
      channel,
      details: detailsOf(root, blob),
    },
    key: channelKey(device, channel),
  };
  return { kind, dialect, events: kind === "status" ? statusEvents(post) : [eventOf(post, kind)] };
}

function eventOf(post: DecodedPost, postKind: PostKind): CommonEvent {
  const { root, base, key } = post;
  const vendorType = root.value("smartType") ?? (postKind === "tracks" ? "traject" : root.name);
  const eventKind = kindOfPost(root, vendorType, postKind);
  const crop = cropKind(root, eventKind);
  const images = picturesOf(root, crop, post.blob);
  const overview = pictureSize(images.find((image) => image.kind === "overview"));
  const targets = {
    plate: () => plateTargets(root, overview),
    face: () => (eventKind.type === "faceMatch" ? matchTargets(root) : faceTargets(root, overview)),
    target: () => targetsOf(root),
  }[crop]();
  const counts = countsOf(root);
  return {
    ...base,
    type: eventKind.type,
    vendorType,
    state: postKind === "tracks" ? "update" : stateOf(root),
    id: `${key}/${vendorType}/${occurrenceOf(root, base.time)}`,
    description: eventKind.description,
    targets,
    images,
    details: counts === undefined ? base.details : { ...base.details, counts },
  };
}

function kindOfPost(root: XmlElement, vendorType: string, postKind: PostKind): EventKind {
  if (postKind === "tracks") return kindOfSmartType("VSD");
  const kind = kindOfSmartType(vendorType);
  return vendorType === "PEA" && root.child("tripwire") !== undefined ? peaByLine : kind;
}

function cropKind(root: XmlElement, { type }: EventKind): "plate" | "face" | "target" {
  if (type === "licensePlate" || plateItems(root).length > 0) return "plate";
  if (type === "face" || type === "faceMatch" || root.child("faceListInfo") !== undefined) return "face";
  return "target";
}

const states: Record<string, EventState> = {
  SMART_START: "start",
  SMART_PROCEDURE: "update",
  SMART_STOP: "end",
};

/** What the camera says of its event, as the same event id comes again and again while a target is there. */
function stateOf(root: XmlElement): EventState {
  return states[firstValue(root, "status") ?? ""] ?? "pulse";
}

/** What tells this occurrence from others on its channel: the vendor's own event id, else the time. */
function occurrenceOf(root: XmlElement, time: string): string {
  return firstValue(root, "eventId") ?? (root.child("traject") === undefined ? time : "tracks");
}

function firstValue(root: XmlElement, name: string): string | undefined {
  for (const element of root.descendants()) {
    const value = element.value(name);
    if (value !== undefined) return value;
  }
  return undefined;
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
