import { createHash } from "node:crypto";
import type { ViewtronPost } from "./decode";

/** Posts of all cameras that repeat during a failure of the store. Beyond it, the oldest is forgotten. */
const MAX_POSTS = 1000;
const MAX_BYTES = 64 * 2 ** 20;

/**
 * Remembers decoded posts until their events are stored. A camera repeats a post that fails, and the same events must
 * be sent again: decoded a second time, a start would be an update, and an end would be nothing at all.
 */
export class UnstoredPosts {
  readonly #posts = new Map<string, { post: ViewtronPost; bytes: number }>();
  readonly #keys = new WeakMap<ViewtronPost, string>();
  #bytes = 0;

  /** Decodes a post; returns the same events as before for a post whose events are not stored. */
  receive(sender: string, body: Buffer, decode: () => ViewtronPost): ViewtronPost {
    const key = createHash("sha1").update(`${sender}\n`).update(body).digest("base64");
    const known = this.#posts.get(key);
    if (known !== undefined) return known.post;
    const post = decode();
    this.#posts.set(key, { post, bytes: body.length });
    this.#keys.set(post, key);
    this.#bytes += body.length;
    for (const oldest of this.#posts.keys()) {
      if (this.#posts.size <= MAX_POSTS && this.#bytes <= MAX_BYTES) break;
      this.#forget(oldest);
    }
    return post;
  }

  /** Forgets a post: its events are stored, and the same bytes are another report. */
  stored(post: ViewtronPost): void {
    const key = this.#keys.get(post);
    if (key !== undefined) this.#forget(key);
  }

  #forget(key: string): void {
    this.#bytes -= this.#posts.get(key)?.bytes ?? 0;
    this.#posts.delete(key);
  }
}
