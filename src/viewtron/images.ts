import type { EventImage } from "../events";
import type { ImageSize } from "../media/frame";
import { jpegSize } from "../media/jpeg";
import { imageType } from "../media/sniff";
import type { PostedXml } from "../xml/posted-body";
import type { XmlElement } from "../xml/tree";
import { plateItems } from "./plates";

/** `sourceDataInfo`, and around `ImageData` in a face match `sourceData` */
const OVERVIEW = /^source/i;

/** An image and the ids of the targets in it. */
export interface OwnedImage {
  image: EventImage;
  owners: readonly string[];
}

/**
 * Returns every image of a post: the overview first, in the order of their targets.
 *
 * @param crop the kind of every image that is not an overview
 */
export function imagesOf(
  config: XmlElement,
  crop: EventImage["kind"],
  longText: PostedXml["longText"],
): OwnedImage[] {
  // The first of two items of a plate post contains the overview, perhaps a second time. It does not name a plate.
  const plates = new Set(plateItems(config));
  const images: OwnedImage[] = [];
  const collect = (element: XmlElement, kind: EventImage["kind"], outer: readonly string[]): void => {
    const id = element.value("targetId");
    const owners = id === undefined ? outer : [...outer, id];
    const image = imageOf(element, kind, longText);
    if (image !== undefined) images.push({ image, owners });
    for (const child of element.children) collect(child, kindOf(child, kind), owners);
  };
  const kindOf = (element: XmlElement, outer: EventImage["kind"]): EventImage["kind"] => {
    if (OVERVIEW.test(element.name)) return "overview";
    return crop === "plate" && element.name === "item" && !plates.has(element) ? "overview" : outer;
  };
  collect(config, crop, []);
  const rank = ({ image }: OwnedImage): number => Number(image.kind === "overview");
  return images.sort((a, b) => rank(b) - rank(a));
}

/** `sourceBase64Data`, `targetBase64Data`. The kind is unknown: a face capture names its crop like an overview. */
const IMAGE = /base64data$/i;
const BASE64 = /^[A-Za-z0-9+/=\s]*$/;
const YUV = "1";

/**
 * Returns the decoded image in an element (`sourceDataInfo`, `targetImageData`, `ImageData`).
 *
 * @returns undefined if the element is missing or empty, or its text is not base64
 */
function imageOf(
  holder: XmlElement | undefined,
  kind: EventImage["kind"],
  longText: PostedXml["longText"],
): EventImage | undefined {
  const encoded = holder?.children.find((child) => IMAGE.test(child.name))?.text;
  if (holder === undefined || encoded === undefined || encoded === "") return undefined;
  const text = longText(encoded);
  const data = text === undefined ? decode(Buffer.from(encoded, "latin1")) : decodeOnce(text);
  if (data === undefined) return undefined;
  return { kind, mimeType: mimeTypeOf(data, holder.value("dataType")), data, ...sizeOf(holder, data) };
}

/** Tells whether an element contains the text of an image, which the details omit. */
export function isImageText(element: XmlElement): boolean {
  return IMAGE.test(element.name);
}

/** Returns the size of an image; undefined if it is unknown. */
export function sizeOfImage(image: EventImage | undefined): ImageSize | undefined {
  return image?.width === undefined || image.height === undefined
    ? undefined
    : { width: image.width, height: image.height };
}

/** Decoded images by their text: all events of a post share them. */
const decoded = new WeakMap<Buffer, Buffer | undefined>();

function decodeOnce(base64: Buffer): Buffer | undefined {
  if (!decoded.has(base64)) decoded.set(base64, decode(base64));
  return decoded.get(base64);
}

function decode(base64: Buffer): Buffer | undefined {
  // The first characters show whether the text is a placeholder. Node.js skips invalid characters in the rest.
  if (!BASE64.test(base64.toString("latin1", 0, 64))) return undefined;
  const data = decodeBase64(base64);
  return data.length > 0 ? data : undefined;
}

function mimeTypeOf(data: Buffer, dataType: string | undefined): string {
  return imageType(data) ?? (dataType === YUV ? "application/octet-stream" : "image/jpeg");
}

/** Returns the size in the post or, if that is 0, the size in the image itself. */
function sizeOf(holder: XmlElement, data: Buffer): ImageSize | undefined {
  const width = holder.number("width") ?? 0;
  const height = holder.number("height") ?? 0;
  return width > 0 && height > 0 ? { width, height } : jpegSize(data);
}

/**
 * Characters decoded at a time: a multiple of four, so that no group is split. Strings of this size stay in the young
 * generation. An image as one string of 400 KB takes five times as long, nearly all of it for garbage collection.
 */
const PIECE = 64 * 1024;

/** Decodes base64 text. Blanks and line ends in it do not matter. */
export function decodeBase64(text: Buffer): Buffer {
  const data = Buffer.allocUnsafeSlow(Math.ceil((text.length * 3) / 4));
  let size = 0;
  for (let at = 0; at < text.length; at += PIECE) {
    const end = Math.min(text.length, at + PIECE);
    const written = data.write(text.toString("latin1", at, end), size, "base64");
    // A blank has shifted the groups of four, so that they cross the ends of pieces.
    if (end < text.length && written !== (PIECE * 3) / 4)
      return Buffer.from(text.toString("latin1"), "base64");
    size += written;
  }
  return data.subarray(0, size);
}
