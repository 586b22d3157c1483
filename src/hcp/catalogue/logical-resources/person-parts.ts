/** Parameters that persons and visitors share (guide, A.1.9, A.1.10, A.1.17, A.1.22). */
import { base64, objectList, required, text } from "../define";
import type { Parameter } from "../types";

export const customFieldKinds = {
  0: "text",
  1: "digits",
  2: "date",
  3: "selection from preset values",
};

export const cards = objectList("cards", "Cards", [text("cardNo", "Card number")]);

export const fingerprints = objectList("fingerPrint", "Fingerprints", [
  text("fingerPrintIndexCode", "ID of the fingerprint", { maxLength: 64 }),
  text("fingerPrintName", "Name of the fingerprint", { maxLength: 64 }),
  text("fingerPrintData", "Fingerprint data; the stored data stays if omitted", { maxLength: 1024 }),
  text("relatedCardNo", "Number of the card that belongs to it", { maxLength: 20 }),
]);

/** Returns a list of face images, each wrapped in an object. */
export function images(name: string, summary: string): Parameter {
  return objectList(name, summary, [required(base64("faceData", "Image (JPEG)"))]);
}
