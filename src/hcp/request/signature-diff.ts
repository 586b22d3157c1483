/**
 * A gateway that refuses a signature (0x02401003) tells which text it signed itself:
 * `Invalid Signature! and StringToSign: POST\n…`, newer builds with `, apiName : …, appKey : …, secret : …` behind it.
 * That tail must never be shown.
 */
const ECHO = /StringToSign\s*:\s*([\s\S]*)$/i;
const TAIL = /,\s*(?:apiName|appKey|appSecret|secret)\s*[:=][\s\S]*$/i;
const NAMED_SECRET = /((?:app)?(?:secret|key))(["']?\s*[:=]\s*["']?)[^\s,"'}]+/gi;
const MASKED = "$1$2***";

/** A gateway's `msg` that is safe to show: without the string to sign and without keys, also those we don't know. */
export function withoutSecrets(msg: string): string {
  return msg
    .replace(ECHO, "")
    .replace(/\s*\band\s*$/i, "")
    .replace(NAMED_SECRET, MASKED)
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Says in which line the gateway's string to sign differs from ours.
 *
 * @param msg the gateway's message
 * @param ours the string to sign of the refused request
 * @returns undefined where the gateway does not tell what it signed.
 */
export function explainSignature(msg: string, ours: string): string | undefined {
  const echo = ECHO.exec(msg)?.[1];
  if (echo === undefined) return undefined;
  // Some builds escape the line breaks once more.
  const theirs = echo.replace(TAIL, "").replaceAll("\\n", "\n").trim().split("\n");
  const own = ours.split("\n");
  const line = Array.from({ length: Math.max(own.length, theirs.length) }, (_, index) => index).find(
    (index) => own[index]?.trim() !== theirs[index]?.trim(),
  );
  if (line === undefined) return "Both sides signed the same text, so the app secret is wrong.";
  return (
    `Line ${line + 1} of the signed text differs: the gateway has ${quoted(theirs[line])}, ` +
    `this side has ${quoted(own[line])}. Something between here and the gateway changes the request.`
  );
}

function quoted(line: string | undefined): string {
  return line === undefined ? "no such line" : `"${line.trim().replace(NAMED_SECRET, MASKED)}"`;
}
