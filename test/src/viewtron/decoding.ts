import assert from "node:assert/strict";
import type { CommonEvent } from "../../../src/events";
import { decodePost, type ViewtronPost } from "../../../src/viewtron";
import { IpcPosts } from "../../servers/viewtron/ipc-posts";
import { Ipc53Posts } from "../../servers/viewtron/ipc53-posts";
import { jpeg } from "../../servers/viewtron/jpeg";
import { NvrPosts } from "../../servers/viewtron/nvr-posts";
import { defaultIdentity } from "../../servers/viewtron/xml";

/** Shared objects of the decoder's tests: three devices, two images and the time of all posts. */
const takenAt = new Date("2026-05-04T08:20:30.123Z");
export const receivedAt = new Date("2026-05-04T08:20:31.000Z");
const now = (): Date => takenAt;

export const camera = new IpcPosts(defaultIdentity, now);
export const newCamera = new Ipc53Posts(defaultIdentity, now);
export const recorder = new NvrPosts({ ...defaultIdentity, name: "Recorder" }, 2, now);
export const overview = jpeg(300_000);
export const crop = jpeg(2000);

export function decode(xml: string): ViewtronPost {
  return decodePost(Buffer.from(xml), { sender: "192.0.2.99", receivedAt });
}

/** Decodes a post with exactly one event. */
export function only(xml: string): CommonEvent {
  const [event, ...others] = decode(xml).events;
  assert.ok(event !== undefined && others.length === 0);
  return event;
}
