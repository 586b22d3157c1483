import type { JetStreamClient, JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import { SurveillanceError } from "../../core/errors";
import type { NatsLink, Session } from "./connection";
import { apiCode, apiCodeOf, natsError } from "./failure";

/** What the user sets for a stream. */
export interface StreamSettings {
  /** The name of the stream. It is made when it does not exist. */
  stream: string;
  /**
   * The subjects that the stream stores: `["surveillance.>"]`. Who only reads sets neither subjects nor limits: it waits
   * until the stream is made, and leaves it as it is.
   */
  subjects?: readonly string[];
  /** The stream refuses more bytes than this. Messages above the server's max_payload have as much again. */
  maxBytes?: number;
  /** Milliseconds within which two messages with one identity are one */
  dedupWindowMs?: number;
  /** Receives what a user should know: settings of an existing stream with which messages may be lost. */
  warn?: (text: string) => void;
}

export interface StreamApi {
  js: JetStreamClient;
  jsm: JetStreamManager;
}

/** Marks the streams that this package has made, and may trim and change. */
const DESCRIPTION = "Made by node-red-surveillance, which removes what every consumer has acknowledged.";
const API_TIMEOUT_MS = 5_000;
/** The server refuses a smaller window. */
const MIN_WINDOW_MS = 100;

/** One stream in one JetStream domain. */
export class NatsStream {
  readonly settings: StreamSettings;
  readonly domain: string | undefined;
  readonly #link: NatsLink;
  readonly #apis = new WeakMap<Session, Promise<StreamApi>>();
  readonly #prepared = new WeakMap<Session, Promise<StreamInfo>>();
  #warned = "";

  constructor(link: NatsLink, settings: StreamSettings, domain?: string) {
    this.#link = link;
    this.settings = settings;
    this.domain = domain;
  }

  get name(): string {
    return this.settings.stream;
  }

  /** For messages: server, domain and stream. */
  get where(): string {
    const domain = this.domain === undefined ? "" : `, domain ${this.domain}`;
    return `${this.#link.where}${domain}, stream ${this.name}`;
  }

  /** Returns the client of JetStream in this domain. */
  api(session: Session): Promise<StreamApi> {
    const known = this.#apis.get(session);
    if (known !== undefined) return known;
    const { nc, client } = session;
    const domain = this.domain === undefined ? {} : { domain: this.domain };
    const js = client.jetstream.jetstream(nc, { timeout: API_TIMEOUT_MS, ...domain });
    const api = js.jetstreamManager(false).then((jsm) => ({ js, jsm }));
    this.#apis.set(session, api);
    return api;
  }

  /**
   * Makes the stream if it does not exist, once for each connection.
   *
   * @throws {SurveillanceError} NATS_STREAM, STORE_FULL, TIMEOUT …
   */
  prepare(session: Session): Promise<StreamInfo> {
    const known = this.#prepared.get(session);
    if (known !== undefined) return known;
    const preparing = this.#prepare(session).catch((thrown: unknown) => {
      this.#prepared.delete(session);
      throw natsError(thrown, this.where);
    });
    this.#prepared.set(session, preparing);
    return preparing;
  }

  /** Forgets that the stream exists: it was deleted. */
  forget(session: Session): void {
    this.#prepared.delete(session);
  }

  /** Tells whether the stream is ours to trim. */
  async isOurs(session: Session): Promise<boolean> {
    return isOurs(await this.prepare(session));
  }

  async #prepare(session: Session): Promise<StreamInfo> {
    const { jsm } = await this.api(session);
    const { stream } = this.settings;
    const limits = this.#limits();
    let info: StreamInfo;
    try {
      info = await jsm.streams.info(stream);
    } catch (thrown) {
      if (apiCodeOf(thrown) !== apiCode.streamNotFound || limits === undefined) throw thrown;
      const { RetentionPolicy, StorageType, DiscardPolicy } = session.client.jetstream;
      return jsm.streams.add({
        name: stream,
        description: DESCRIPTION,
        subjects: [...limits.subjects],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        discard: DiscardPolicy.New,
        max_age: 0,
        max_bytes: limits.maxBytes,
        duplicate_window: limits.duplicateWindow,
      });
    }
    if (this.domain !== undefined) return info;
    const missing = (limits?.subjects ?? []).filter((subject) => !covers(info.config.subjects, subject));
    if (!isOurs(info)) {
      if (missing.length > 0) throw this.#withoutSubject(missing);
      this.#warnOf(info);
      return info;
    }
    if (limits === undefined) return info;
    const { maxBytes, duplicateWindow } = limits;
    const { max_bytes: bytes, duplicate_window: window } = info.config;
    if (missing.length === 0 && bytes === maxBytes && window === duplicateWindow) return info;
    return jsm.streams.update(stream, {
      subjects: [...info.config.subjects, ...missing],
      max_bytes: maxBytes,
      duplicate_window: duplicateWindow,
    });
  }

  /** Returns the limits of the stream; undefined if another node makes it: the stream of a site belongs to the site. */
  #limits(): { subjects: readonly string[]; maxBytes: number; duplicateWindow: number } | undefined {
    const { subjects, maxBytes, dedupWindowMs } = this.settings;
    if (this.domain !== undefined) return undefined;
    if (subjects === undefined || maxBytes === undefined || dedupWindowMs === undefined) return undefined;
    return { subjects, maxBytes, duplicateWindow: Math.max(MIN_WINDOW_MS, dedupWindowMs) * 1e6 };
  }

  #withoutSubject(missing: readonly string[]): SurveillanceError {
    return new SurveillanceError("NATS_STREAM", `${this.where}: it does not store ${missing.join(", ")}.`, {
      advice: "Add the subject to the stream, or name another stream: events-out makes it.",
    });
  }

  /** Says once what may be lost with the settings of a stream that somebody else has made. */
  #warnOf({ config }: StreamInfo): void {
    const risks = [
      config.max_age > 0 &&
        `max_age removes messages after ${Math.round(config.max_age / 1e9)} s, read or not`,
      (config.discard as string) === "old" &&
        (config.max_bytes > 0 || config.max_msgs > 0) &&
        "discard=old removes the oldest messages when the stream is full, read or not",
      config.max_msgs_per_subject > 0 &&
        "max_msgs_per_subject removes older messages of a subject, read or not",
      (config.storage as string) === "memory" && "storage=memory loses all messages when the server ends",
      (config.retention as string) === "interest" &&
        "retention=interest drops messages while there is no consumer",
      config.no_ack && "no_ack confirms nothing: events-out cannot work",
    ].filter((risk) => typeof risk === "string");
    const text = risks.join("; ");
    if (text === "" || text === this.#warned) return;
    this.#warned = text;
    this.settings.warn?.(`${this.where} was not made by this node and may lose messages: ${text}.`);
  }
}

function isOurs({ config }: StreamInfo): boolean {
  return config.description === DESCRIPTION;
}

/** Tells whether one of the subjects of a stream includes a subject, which may end with `>`. */
function covers(subjects: readonly string[], wanted: string): boolean {
  return subjects.some((subject) => {
    const tokens = subject.split(".");
    const wantedTokens = wanted.split(".");
    for (const [at, token] of tokens.entries()) {
      if (token === ">") return wantedTokens.length > at;
      const other = wantedTokens[at];
      if (other === undefined || other === ">" || (token !== "*" && token !== other)) return false;
    }
    return tokens.length === wantedTokens.length;
  });
}
