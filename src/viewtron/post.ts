import { SurveillanceError } from "../core/errors";
import type { CommonEvent } from "../events";
import { XmlError } from "../xml/limits";
import { parsePostedXml, type PostedXml } from "../xml/posted-body";
import type { XmlElement } from "../xml/tree";

/** A post taken apart, with what all of its events share. */
export interface ParsedPost extends PostedXml {
  /** Bytes of the body. */
  size: number;
  /** All fields of an event that do not depend on its kind. */
  base: Pick<CommonEvent, "source" | "time" | "receivedTime" | "device" | "channel" | "details">;
  /** `<device>/<channel>`: the ids of events begin with it. */
  key: string;
}

/** @throws {SurveillanceError} VIEWTRON_XML_INVALID: the body is not XML that a camera sends */
export function parsePost(body: Buffer): PostedXml {
  try {
    return parsePostedXml(body);
  } catch (thrown) {
    throw thrown instanceof XmlError ? invalidPost(thrown.message) : thrown;
  }
}

/** A recorder of 256 cameras that reports everything at once stays far below. */
const MAX_PARTS = 500_000;
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Checks that a post does not multiply. Each of its events carries what the post says of them all, and each wire behind
 * the node copies it: a small post would keep the process busy for minutes.
 *
 * @param events how many there are in the post
 * @param shared the elements that each of them carries, with all inside
 * @param bytes of the body: each may carry all of its images, or the body itself
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID when that is more than any device reports at once
 */
export function assertBearable(events: number, shared: readonly XmlElement[], bytes: number): void {
  let parts = 0;
  for (const element of shared)
    for (const { attributes } of element.descendants()) parts += 1 + attributes.size;
  if (events * parts > MAX_PARTS || events * bytes > MAX_BYTES)
    throw invalidPost("it reports too much at once");
}

function invalidPost(reason: string): SurveillanceError {
  return new SurveillanceError("VIEWTRON_XML_INVALID", `The body is not XML that a camera sends: ${reason}.`);
}
