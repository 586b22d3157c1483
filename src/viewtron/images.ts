import type { EventImage } from "../events";
import type { ImageSize } from "../media/frame";
import { jpegSize } from "../media/jpeg";
import { imageType } from "../media/sniff";
import { decodeBase64 } from "./base64";
import type { XmlElement } from "./element";
import type { XmlDocument } from "./xml";

/** `sourceBase64Data`, `targetBase64Data`; a face capture names its crop like an overview, so the name says nothing. */
const PICTURE = /base64data$/i;
const BASE64 = /^[A-Za-z0-9+/=\s]*$/;
const YUV = "1";

/**
 * The picture inside an element (`sourceDataInfo`, `targetImageData`, `ImageData`), decoded.
 *
 * @returns undefined where there is none: the element is missing or empty, or what it holds is no base64
 */
export function imageOf(
  holder: XmlElement | undefined,
  kind: EventImage["kind"],
  blob: XmlDocument["blob"],
): EventImage | undefined {
  const encoded = holder?.children.find((child) => PICTURE.test(child.name))?.text;
  if (holder === undefined || encoded === undefined || encoded === "") return undefined;
  const text = blob(encoded);
  const data = text === undefined ? decode(Buffer.from(encoded, "latin1")) : decodeOnce(text);
  if (data === undefined) return undefined;
  return { kind, mimeType: mimeTypeOf(data, holder.value("dataType")), data, ...sizeOf(holder, data) };
}

/** Whether an element is a picture's text, which belongs into no details. */
export function isPictureText(element: XmlElement): boolean {
  return PICTURE.test(element.name);
}

/** The size a picture has, if it is known. */
export function pictureSize(image: EventImage | undefined): ImageSize | undefined {
  return image?.width === undefined || image.height === undefined
    ? undefined
    : { width: image.width, height: image.height };
}

/** A post with several events shows the same picture in each of them. */
const decoded = new WeakMap<Buffer, Buffer | undefined>();

function decodeOnce(base64: Buffer): Buffer | undefined {
  if (!decoded.has(base64)) decoded.set(base64, decode(base64));
  return decoded.get(base64);
}

function decode(base64: Buffer): Buffer | undefined {
  // The beginning is enough to tell a placeholder from data; Node.js skips what is no base64 further on.
  if (!BASE64.test(base64.toString("latin1", 0, 64))) return undefined;
  const data = decodeBase64(base64);
  return data.length > 0 ? data : undefined;
}

function mimeTypeOf(data: Buffer, dataType: string | undefined): string {
  return imageType(data) ?? (dataType === YUV ? "application/octet-stream" : "image/jpeg");
}

/** What the camera says, or, where it says 0, what the picture itself does. */
function sizeOf(holder: XmlElement, data: Buffer): ImageSize | undefined {
  const width = holder.number("width") ?? 0;
  const height = holder.number("height") ?? 0;
  return width > 0 && height > 0 ? { width, height } : jpegSize(data);
}
