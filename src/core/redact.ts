const MASK = "***";
/** URLs have neither blanks nor quotes in them. */
const WORDS = /[^\s'"]+/g;
const SCHEME_END = "://";

/**
 * Makes a function that takes secrets out of text which is about to be logged, shown or thrown.
 *
 * @param secrets passwords and keys; each is masked as it is and percent-encoded. Empty ones are ignored.
 * @returns text → text with every secret, and the userinfo of every URL, replaced by `***`
 */
export function createRedactor(secrets: readonly string[] = []): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    // The longest first, so that a secret that contains another leaves no remainder.
    .sort((a, b) => b.length - a.length);
  return (text) =>
    spellings
      .reduce((masked, spelling) => masked.replaceAll(spelling, MASK), text)
      .replace(WORDS, withoutUserinfo);
}

/**
 * Masks what stands between `scheme://` and the last `@` of a word: passwords may hold `@`, `:` and `/` when unescaped.
 * One pass, however long the word is: what a device answers, such as a picture in base64, may end up in a message.
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

/** Whether a letter stands before `end`, with nothing between but what a scheme may hold (RFC 3986, 3.1). */
function endsWithScheme(word: string, from: number, end: number): boolean {
  let at = end - 1;
  while (at >= from && /[\d+.-]/.test(word.charAt(at))) at -= 1;
  return at >= from && /[a-z]/i.test(word.charAt(at));
}
