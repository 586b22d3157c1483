/** A declaration is short and stands at the very beginning. */
const DECLARATION_MAX = 256;
const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/;

/**
 * Returns a body as UTF-8. Chinese firmware declares GBK, some European firmware Latin-1. Without a declaration, or with
 * a name that Node.js does not know, the body is UTF-8 already.
 */
export function toUtf8(body: Buffer): Buffer {
  // The declaration was readable as Latin-1, so that the body is not in UTF-16, whatever it says.
  const declared = DECLARED.exec(body.toString("latin1", 0, DECLARATION_MAX))?.[1];
  if (declared === undefined || /^utf-?(8|16)/i.test(declared)) return body;
  try {
    return Buffer.from(new TextDecoder(declared).decode(body));
  } catch {
    // Not a name that this Node.js knows.
    return body;
  }
}
