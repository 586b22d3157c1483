const MASK = "***";
/** Anything between `scheme://` and the last `@` before the path: passwords may hold `@`, `:` and `/` when unescaped. */
const USERINFO = /([a-z][a-z0-9+.-]*:\/\/)[^\s'"]*@/gi;

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
      .replace(USERINFO, `$1${MASK}@`);
}
