import type { Clock } from "../../core/clock";
import type { EventImage } from "../../events";
import type { Alert } from "./alert";
import { kindOf, partNames, type ImageUrl } from "./announced-images";
import type { Part } from "../stream/part-parser";

export interface JoinerOptions {
  clock: Clock;
  /** Fetches an image that the alert links to; never rejects. */
  fetch: (image: ImageUrl, alert: Alert) => Promise<EventImage>;
  /** Receives each alert once, with its images. */
  release: (alert: Alert, images: EventImage[]) => void;
}

/** The longest wait for announced images. */
const IMAGE_WAIT_MS = 2000;
/**
 * The longest wait for an unannounced image to start: devices send it together with the alert. The total delay of an
 * alert must stay below 20 ms.
 */
const HOLD_MS = 3;
const MAX_PENDING = 64;
const MAX_PENDING_BYTES = 64 * 1024 * 1024;
const MAX_LEARNED = 200;

interface Pending {
  alert: Alert;
  images: EventImage[];
  /** The number of images that are still to arrive as parts; undefined: unknown. */
  missing: number | undefined;
  fetching: number;
  done: boolean;
  /** Cancels the timer that ends the wait. */
  cancel: () => void;
  /** Whether the timer is the long one. */
  waits: boolean;
}

/**
 * Joins images to their alerts. An alert waits for the images that it announces. An unannounced image is the next part
 * and starts at once; the joiner remembers the vendor types with such images. Alerts of one kind are released in order.
 */
export class ImageJoiner {
  readonly #options: JoinerOptions;
  readonly #learned = new Set<string>();
  #pending: Pending[] = [];
  #latest: { alert: Alert; at: number } | undefined;
  #bytes = 0;

  constructor(options: JoinerOptions) {
    this.#options = options;
  }

  alert(alert: Alert): void {
    // Unannounced images belong to the alert directly before them.
    for (const entry of this.#pending.filter(({ done, waits }) => !done && !waits)) this.#finish(entry);
    const { expected, urls } = alert.images;
    const plain = !alert.active || alert.heartbeat;
    const waits =
      !plain && (expected !== undefined || urls.length > 0 || this.#learned.has(alert.vendorType));
    const entry: Pending = {
      alert,
      images: [],
      missing: expected,
      fetching: plain ? 0 : urls.length,
      done: plain,
      cancel: () => undefined,
      waits: false,
    };
    this.#pending.push(entry);
    if (!plain) {
      this.#latest = { alert, at: this.#options.clock.now() };
      this.#wait(entry, waits);
      if (entry.fetching > 0) {
        entry.missing = 0;
        for (const image of urls) void this.#fetch(entry, image);
      }
    }
    if (this.#pending.length > MAX_PENDING) this.#finishOldest();
    this.#release();
  }

  /** Makes the alert before an image wait for the end of the image. */
  imageBegins(): void {
    const entry = this.#newest();
    if (entry !== undefined && !entry.waits) this.#wait(entry, true);
  }

  image(part: Part): void {
    const names = partNames(part.headers);
    const entry = this.#byName(names) ?? this.#newest();
    if (entry === undefined) {
      this.#learnFromLate();
      return;
    }
    const named = names.map((name) => entry.alert.images.names.get(name)).find((kind) => kind !== undefined);
    entry.images.push({
      kind: named ?? kindOf(names.join(" ")),
      mimeType:
        part.kind === "jpeg" ? "image/jpeg" : (part.headers["content-type"] ?? "application/octet-stream"),
      data: part.body,
    });
    this.#bytes += part.body.length;
    if (entry.alert.images.expected === undefined) {
      this.#learn(entry.alert.vendorType);
      this.#wait(entry, false);
    } else {
      entry.missing = Math.max(0, entry.alert.images.expected - entry.images.length);
      this.#finishIfComplete(entry);
    }
    while (this.#bytes > MAX_PENDING_BYTES && this.#pending.length > 0) this.#finishOldest();
  }

  /** Drops all waiting alerts. */
  close(): void {
    for (const { cancel } of this.#pending) cancel();
    this.#pending = [];
  }

  async #fetch(entry: Pending, announced: ImageUrl): Promise<void> {
    const image = await this.#options.fetch(announced, entry.alert);
    if (entry.done) return;
    entry.images.push(image);
    this.#bytes += image.data?.length ?? 0;
    entry.fetching -= 1;
    this.#finishIfComplete(entry);
  }

  #wait(entry: Pending, long: boolean): void {
    entry.cancel();
    entry.waits = long;
    entry.cancel = this.#options.clock.after(long ? IMAGE_WAIT_MS : HOLD_MS, () => {
      if (entry.images.length === 0) this.#learned.delete(entry.alert.vendorType);
      // An image that is not fetched yet has only its URL.
      this.#addUnfetched(entry);
      this.#finish(entry);
    });
  }

  #addUnfetched(entry: Pending): void {
    const fetched = new Set(entry.images.map(({ url }) => url));
    for (const { url, kind } of entry.alert.images.urls) {
      if (!fetched.has(url)) entry.images.push({ kind, mimeType: "image/jpeg", url });
    }
  }

  #finishIfComplete(entry: Pending): void {
    if (entry.missing === 0 && entry.fetching === 0) this.#finish(entry);
  }

  #finishOldest(): void {
    const oldest = this.#pending.find(({ done }) => !done) ?? this.#pending[0];
    if (oldest !== undefined) this.#finish(oldest);
  }

  #finish(entry: Pending): void {
    entry.cancel();
    entry.done = true;
    this.#release();
  }

  /** Releases the finished alerts, but none before an earlier alert of its kind. */
  #release(): void {
    const blocked = new Set<string>();
    const released: Pending[] = [];
    this.#pending = this.#pending.filter((entry) => {
      if (!entry.done || blocked.has(entry.alert.key)) {
        blocked.add(entry.alert.key);
        return true;
      }
      released.push(entry);
      return false;
    });
    for (const { alert, images } of released) {
      this.#bytes -= images.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
      this.#options.release(alert, images);
    }
  }

  #newest(): Pending | undefined {
    return this.#pending.findLast(({ done, fetching }) => !done && fetching === 0);
  }

  #byName(names: readonly string[]): Pending | undefined {
    return this.#pending.find(
      ({ alert, done }) => !done && names.some((name) => alert.images.names.has(name)),
    );
  }

  /** Learns from an image that came too late for its alert: from now on, alerts of this vendor type wait. */
  #learnFromLate(): void {
    if (this.#latest === undefined) return;
    if (this.#options.clock.now() - this.#latest.at <= IMAGE_WAIT_MS)
      this.#learn(this.#latest.alert.vendorType);
  }

  #learn(vendorType: string): void {
    if (this.#learned.size < MAX_LEARNED) this.#learned.add(vendorType);
  }
}
