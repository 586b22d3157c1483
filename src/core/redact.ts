const MASK = "***";
/** URLs contain neither blanks nor quotes. */
const WORDS = /[^\s'"]+/g;
const SCHEME_END = "://";

/**
 * Returns a function that removes secrets from text before it is logged, shown or thrown.
 *
 * @param secrets passwords and keys. Each is masked in plain and in percent-encoded spelling. Empty ones are ignored.
 * @returns text → text with every secret, and the userinfo of every URL, replaced by `***`
 */
export function createRedactor(secrets: readonly string[] = []): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    // The longest comes first, because a secret may contain another one.
    .sort((a, b) => b.length - a.length);
  return (text) =>
    spellings
      .reduce((masked, spelling) => masked.replaceAll(spelling, MASK), text)
      .replace(WORDS, withoutUserinfo);
}

/**
 * Masks the text between `scheme://` and the last `@` of a word: unescaped passwords may contain `@`, `:` and `/`. One
 * pass is enough for a word of any length: a message may contain a whole response of a device, such as an image in
 * base64.
 */
function withoutUserinfo(word: string): string {
  const end = word.lastIndexOf("@");
  let from = 0;
  for (;;) {
    const colon = word.indexOf(SCHEME_END, from);
    const start = colon + SCHEME_END.length;
    if (colon < 0 || start > end) return word;
    if (endsWithScheme(word, from, colon)) return `${word.slice(0, start)}${MASK}${word.slice(end)}`;
    from = start;
  }
}

/** Tells whether a letter precedes `end`, followed only by characters that a scheme may have (RFC 3986, 3.1). */
function endsWithScheme(word: string, from: number, end: number): boolean {
  let at = end - 1;
  while (at >= from && /[\d+.-]/.test(word.charAt(at))) at -= 1;
  return at >= from && /[a-z]/i.test(word.charAt(at));
}
