import { randomBytes } from "node:crypto";

/** A form as a body of multipart/form-data (RFC 7578), in one piece: small servers need its length. */
export interface EncodedForm {
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Encodes a form with text fields and one file.
 *
 * @param fields their names and values are plain text without line breaks
 */
export function encodeForm(
  fields: Readonly<Record<string, string>>,
  file: { field: string; name: string; type: string; data: Buffer },
): EncodedForm {
  const boundary = `----${randomBytes(16).toString("hex")}`;
  const texts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const opening =
    `--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\n` +
    `Content-Type: ${file.type}\r\n\r\n`;
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([
      Buffer.from(texts.join("") + opening),
      file.data,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  };
}
