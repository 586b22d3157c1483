/** Bytes that are searched. A declaration is short and comes first. */
const DECLARATION_MAX = 256;
const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/;

/**
 * Returns a body as UTF-8. Chinese firmware declares GBK, some European firmware Latin-1. Without a declaration, or
 * with an unknown one, the body is UTF-8 already.
 */
export function toUtf8(body: Buffer): Buffer {
  // A declaration that is readable as Latin-1 proves that the body is not UTF-16.
  const declared = DECLARED.exec(body.toString("latin1", 0, DECLARATION_MAX))?.[1];
  if (declared === undefined || /^utf-?(8|16)/i.test(declared)) return body;
  try {
    return Buffer.from(new TextDecoder(declared).decode(body));
  } catch {
    // Node.js does not support the declared encoding.
    return body;
  }
}
