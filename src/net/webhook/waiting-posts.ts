/** Limits for the posts of one sender, and for those of all senders. */
export interface WaitingPostsLimits {
  posts: number;
  bytes: number;
  totalBytes: number;
}

/** A camera sends one post at a time, a recorder one for each channel. A platform sends many. */
const LIMITS: WaitingPostsLimits = { posts: 256, bytes: 128 * 2 ** 20, totalBytes: 512 * 2 ** 20 };

/**
 * Counts the posts that wait for their response, with their bytes. A sender that does not wait for responses must not
 * fill the memory while a store is slow.
 */
export class WaitingPosts {
  readonly #limits: WaitingPostsLimits;
  readonly #senders = new Map<string, { posts: number; bytes: number }>();
  #bytes = 0;

  constructor(limits: WaitingPostsLimits = LIMITS) {
    this.#limits = limits;
  }

  /**
   * Registers a post.
   *
   * @returns a function to call when the post has its response; undefined if too many posts wait. A sender's only post
   *   is always accepted.
   */
  enter(sender: string, bytes: number): (() => void) | undefined {
    const own = this.#senders.get(sender) ?? { posts: 0, bytes: 0 };
    const { posts, bytes: most, totalBytes } = this.#limits;
    const isOver = own.posts >= posts || own.bytes + bytes > most || this.#bytes + bytes > totalBytes;
    if (isOver && own.posts > 0) return undefined;
    this.#senders.set(sender, own);
    own.posts += 1;
    own.bytes += bytes;
    this.#bytes += bytes;
    return () => {
      own.posts -= 1;
      own.bytes -= bytes;
      this.#bytes -= bytes;
      if (own.posts === 0) this.#senders.delete(sender);
    };
  }
}
