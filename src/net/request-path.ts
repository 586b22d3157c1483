const SLASH = 0x2f;
/** Recorders and proxies send the origin before the path in a request line. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Returns the path of a request line's target, absolute or not, without its query. */
export function pathOf(url: string): string {
  try {
    return new URL(url, "http://localhost").pathname;
  } catch {
    return url;
  }
}

/** Returns a path without slashes at its ends, in linear time: the sender chooses the number of slashes. */
export function trimSlashes(path: string): string {
  let start = 0;
  let end = path.length;
  while (start < end && path.charCodeAt(start) === SLASH) start += 1;
  while (end > start && path.charCodeAt(end - 1) === SLASH) end -= 1;
  return path.slice(start, end);
}

/**
 * Returns the part of a request line that an application mounted at a root receives, as Express cuts it.
 *
 * @returns undefined if the request is not below the root
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
 * Tells whether a request line's target matches one of several paths: `/events`, or `/events/*` for exactly one further
 * segment. Slashes at the ends do not count.
 */
export function isAtPath(url: string, paths: readonly string[]): boolean {
  const path = comparable(pathOf(url));
  const below = `${path.slice(0, path.lastIndexOf("/"))}/*`;
  // Encoded like the path of a request: a path that a user enters may have any letters.
  return paths.map((own) => pathOf(comparable(own))).some((own) => own === path || own === below);
}

function comparable(path: string): string {
  return `/${trimSlashes(path)}`;
}
