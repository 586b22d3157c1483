/** The image formats that cameras, servers and flows send. */
export type ImageType = "image/jpeg" | "image/png" | "image/webp";

const JPEG = Buffer.from("ffd8ff", "hex");
const PNG = Buffer.from("89504e470d0a1a0a", "hex");

/**
 * Recognises an image by its first bytes, because senders report wrong types.
 *
 * @param data 12 bytes are enough
 * @returns the MIME type; undefined for all other data
 */
export function imageType(data: Buffer): ImageType | undefined {
  if (startsWith(data, JPEG)) return "image/jpeg";
  if (startsWith(data, PNG)) return "image/png";
  const isWebp = data.toString("latin1", 0, 4) === "RIFF" && data.toString("latin1", 8, 12) === "WEBP";
  return isWebp ? "image/webp" : undefined;
}

function startsWith(data: Buffer, signature: Buffer): boolean {
  return (
    data.length >= signature.length && data.compare(signature, 0, signature.length, 0, signature.length) === 0
  );
}
