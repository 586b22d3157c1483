const NAME = /[\w-]/;
const BLANK_OR_COMMA = /[\s,]/;

/**
 * Parses the parameters of a header such as `Digest username="…", qop=auth` (RFC 9110, 11.2). Names are in lower case.
 * One pass is enough, because a sender needs no login to have a header parsed. Text outside of parameters is skipped. A
 * text without its closing quote is not a parameter.
 */
export function headerParameters(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  /** Reads as long as the characters match. */
  const readWhile = (matches: (character: string) => boolean): string => {
    const start = at;
    while (at < text.length && matches(text.charAt(at))) at += 1;
    return text.slice(start, at);
  };
  while (at < text.length) {
    const name = readWhile((character) => NAME.test(character)).toLowerCase();
    if (name === "" || text[at] !== "=") {
      at += 1;
      continue;
    }
    at += 1;
    const value = text[at] === '"' ? quoted() : readWhile((character) => !BLANK_OR_COMMA.test(character));
    if (value === undefined) break;
    found.set(name, value);
  }
  return found;

  /** Reads from one quote to the next; returns undefined if there is no next one. */
  function quoted(): string | undefined {
    let value = "";
    for (at += 1; at < text.length; at += 1) {
      if (text[at] === '"') {
        at += 1;
        return value;
      }
      if (text[at] === "\\") at += 1;
      value += text.charAt(at);
    }
    return undefined;
  }
}
