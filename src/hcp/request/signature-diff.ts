/**
 * A gateway that rejects a signature (0x02401003) sends the text that it signed itself: `Invalid Signature! and
 * StringToSign: POST\n…`, newer builds append `, apiName : …, appKey : …, secret : …`. That tail must never be shown.
 */
const ECHO = /StringToSign\s*:\s*([\s\S]*)$/i;
const TAIL = /,\s*(?:apiName|appKey|appSecret|secret)\s*[:=][\s\S]*$/i;
const NAMED_SECRET = /((?:app)?(?:secret|key))(["']?\s*[:=]\s*["']?)[^\s,"'}]+/gi;
const MASKED = "$1$2***";

/**
 * Returns a gateway's `msg` that is safe to show: without the string to sign and without keys, including keys of
 * others.
 */
export function withoutSecrets(msg: string): string {
  return msg
    .replace(ECHO, "")
    .replace(/\s*\band\s*$/i, "")
    .replace(NAMED_SECRET, MASKED)
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Returns a sentence about the first line in which the gateway's string to sign differs from ours.
 *
 * @param msg the gateway's message
 * @param ours the string to sign of the rejected request
 * @returns undefined if the gateway does not send its string to sign
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
  if (line === undefined) return "Both sides signed the same text: the app secret is wrong.";
  return (
    `Line ${line + 1} of the signed text differs: ${quoted(theirs[line])} at the gateway, ` +
    `${quoted(own[line])} here. A proxy between them may change the request.`
  );
}

function quoted(line: string | undefined): string {
  return line === undefined ? "line missing" : `"${line.trim().replace(NAMED_SECRET, MASKED)}"`;
}
