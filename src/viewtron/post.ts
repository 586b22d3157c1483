import { SurveillanceError } from "../core/errors";
import type { CommonEvent } from "../events";
import { XmlError } from "../xml/limits";
import { parsePostedXml, type PostedXml } from "../xml/posted-body";
import type { XmlElement } from "../xml/tree";

/** A parsed post, with the fields that all of its events share. */
export interface ParsedPost extends PostedXml {
  /** Bytes of the body. */
  size: number;
  /** All fields of an event that do not depend on its kind. */
  base: Pick<CommonEvent, "source" | "time" | "receivedTime" | "device" | "channel" | "details">;
  /** `<device>/<channel>`: the prefix of event ids. */
  key: string;
}

/** Parses the body of a post. @throws {SurveillanceError} VIEWTRON_XML_INVALID: the body is not XML from a camera */
export function parsePost(body: Buffer): PostedXml {
  try {
    return parsePostedXml(body);
  } catch (thrown) {
    throw thrown instanceof XmlError ? invalidPost(thrown.message) : thrown;
  }
}

/** Far more than a recorder of 256 cameras that reports everything at once. */
const MAX_PARTS = 500_000;
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Checks that the events of a post are not too large in total. Each event contains the shared fields of its post, and
 * each wire behind the node copies them: a small post could keep the process busy for minutes.
 *
 * @param events number of events in the post
 * @param shared the elements that each event contains, with their descendants
 * @param bytes of the body: each event may contain all of its images, or the body itself
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID: more than any device reports at once
 */
export function assertWithinLimits(events: number, shared: readonly XmlElement[], bytes: number): void {
  let parts = 0;
  for (const element of shared)
    for (const { attributes } of element.descendants()) parts += 1 + attributes.size;
  if (events * parts > MAX_PARTS || events * bytes > MAX_BYTES)
    throw invalidPost("it contains too many reports");
}

function invalidPost(reason: string): SurveillanceError {
  return new SurveillanceError("VIEWTRON_XML_INVALID", `The body is not XML from a camera: ${reason}.`);
}
