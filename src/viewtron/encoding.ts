/** A declaration stands at the very beginning, and is short. */
const DECLARATION_MAX = 256;
const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/;

/**
 * A body as UTF-8. Chinese firmware declares GBK, some European one Latin-1; what is not declared, or under a name that
 * nobody knows, is UTF-8.
 */
export function asUtf8(body: Buffer): Buffer {
  // One in UTF-16 could not be read here: who declares that does not mean it.
  const declared = DECLARED.exec(body.toString("latin1", 0, DECLARATION_MAX))?.[1];
  if (declared === undefined || /^utf-?(8|16)/i.test(declared)) return body;
  try {
    return Buffer.from(new TextDecoder(declared).decode(body));
  } catch {
    // Not a name that this Node.js knows.
    return body;
  }
}
