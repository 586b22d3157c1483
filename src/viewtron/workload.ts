import type { XmlElement } from "./element";
import { invalidXml } from "./invalid-xml";

/** A recorder of 256 cameras that reports everything at once stays far below. */
const MAX_PARTS = 500_000;
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * Each event of a post carries what the post says of them all, and each wire behind the node copies it. What is small
 * as a post would keep the process busy for minutes as events.
 *
 * @param events how many there are in the post
 * @param shared the elements that each of them carries, with all inside
 * @param bytes of the body: each may carry all of its pictures, or the body itself
 * @throws {SurveillanceError} VIEWTRON_XML_INVALID when that is more than any device says at once
 */
export function assertBearable(events: number, shared: readonly XmlElement[], bytes: number): void {
  let parts = 0;
  for (const element of shared)
    for (const { attributes } of element.descendants()) parts += 1 + attributes.size;
  if (events * parts > MAX_PARTS || events * bytes > MAX_BYTES)
    throw invalidXml("it reports too much at once");
}
