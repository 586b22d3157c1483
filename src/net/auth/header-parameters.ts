const NAME = /[\w-]/;
const BLANK_OR_COMMA = /[\s,]/;

/**
 * The parameters of a header such as `Digest username="…", qop=auth` (RFC 9110, 11.2), names in lower case. Read in one
 * pass, because a sender needs no login to have a header read. Text that belongs to no parameter is skipped; a text
 * without its closing quote is not a parameter.
 */
export function headerParameters(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  /** Reads on while the characters are of a kind. */
  const passWhile = (kind: (character: string) => boolean): string => {
    const start = at;
    while (at < text.length && kind(text.charAt(at))) at += 1;
    return text.slice(start, at);
  };
  while (at < text.length) {
    const name = passWhile((character) => NAME.test(character)).toLowerCase();
    if (name === "" || text[at] !== "=") {
      at += 1;
      continue;
    }
    at += 1;
    const value = text[at] === '"' ? quoted() : passWhile((character) => !BLANK_OR_COMMA.test(character));
    if (value === undefined) break;
    found.set(name, value);
  }
  return found;

  /** Reads from one quote to the next; undefined where there is no next one. */
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
