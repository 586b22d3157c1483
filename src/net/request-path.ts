const SLASH = 0x2f;
/** What a recorder or a proxy puts in front of the path in a request line. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The path of a request line's target, absolute or not, without its query. */
export function pathOf(url: string): string {
  try {
    return new URL(url, "http://localhost").pathname;
  } catch {
    return url;
  }
}

/** A path without slashes at its ends, found in linear time: whoever reaches the port chooses how many there are. */
export function trimSlashes(path: string): string {
  let start = 0;
  let end = path.length;
  while (start < end && path.charCodeAt(start) === SLASH) start += 1;
  while (end > start && path.charCodeAt(end - 1) === SLASH) end -= 1;
  return path.slice(start, end);
}

/**
 * What an application that is mounted at a root gets to see of a request line, as Express cuts it.
 *
 * @returns undefined when the request is not below the root
 */
export function belowRoot(url: string, root: string): string | undefined {
  const target = url.replace(ORIGIN, "");
  const prefix = trimSlashes(root);
  if (prefix === "") return target;
  const front = `/${prefix}`;
  if (target.slice(0, front.length).toLowerCase() !== front.toLowerCase()) return undefined;
  const rest = target.slice(front.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  if (!rest.startsWith("/")) return undefined;
  return rest.startsWith("//") ? rest.slice(1) : rest;
}

/**
 * Whether a request line's target is one of some paths: `/events`, or `/events/*` for whatever one segment follows.
 * Slashes at the ends do not count.
 */
export function isAtPath(url: string, paths: readonly string[]): boolean {
  const path = comparable(pathOf(url));
  const below = `${path.slice(0, path.lastIndexOf("/"))}/*`;
  // Encoded as a sender has to: a path that was entered may have any letters.
  return paths.map((own) => pathOf(comparable(own))).some((own) => own === path || own === below);
}

function comparable(path: string): string {
  return `/${trimSlashes(path)}`;
}
