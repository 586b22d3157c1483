import { EventEmitter } from "node:events";
import type { SurveillanceError } from "../../core/errors";
import type { InputOptions } from "../input";
import {
  StreamKeeper,
  type KeeperDependencies,
  type KeeperState,
  type KeeperStatistics,
} from "../stream-keeper";
import type { StreamSource } from "../stream-url";
import { MetadataProcess } from "./metadata-process";

export interface MetadataStreamOptions extends Pick<InputOptions, "transport"> {
  source: StreamSource;
  /** The path of ffmpeg, when the user named one. */
  ffmpeg?: string | undefined;
  /** Seconds without any data after which the stream is started anew. */
  stallTimeout: number;
  /** Seconds: the longest pause between two attempts; default 10. */
  maxBackoff?: number | undefined;
  /** What has to be done at the camera before each connection. */
  prepare?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

interface StreamEvents {
  /** An XML document, from its root element on. */
  document: [string];
  /** A document came in parts that do not make a whole. */
  damage: [];
  state: [KeeperState];
  /** A failure that was not reported since the stream last ran well; the stream goes on trying. */
  failure: [SurveillanceError];
}

/** The metadata documents of one RTSP stream, kept running. */
export class MetadataStream extends EventEmitter<StreamEvents> {
  readonly #keeper: StreamKeeper;
  #documents = 0;

  constructor(options: MetadataStreamOptions, dependencies: Partial<KeeperDependencies> = {}) {
    super();
    const { source, transport, stallTimeout, ffmpeg, maxBackoff, prepare } = options;
    this.#keeper = new StreamKeeper(
      { name: source.name, purpose: "metadata", ffmpeg, maxBackoff, prepare },
      (binary, run) =>
        new MetadataProcess(
          binary,
          source,
          { transport, timeout: stallTimeout },
          {
            onDocument: (document) => {
              if (run.over) return;
              this.#documents += 1;
              this.emit("document", document);
            },
            onDamage: () => {
              if (!run.over) this.emit("damage");
            },
            onAlive: () => {
              run.alive(stallTimeout * 1000);
            },
            onEnd: (end) => {
              run.ended(end);
            },
          },
        ),
      dependencies,
    );
    this.#keeper.on("failure", (error) => {
      this.emit("failure", error);
    });
    this.#keeper.on("state", (state) => {
      this.emit("state", state);
    });
  }

  get running(): boolean {
    return this.#keeper.running;
  }

  get statistics(): KeeperStatistics & { documents: number } {
    return { ...this.#keeper.statistics, documents: this.#documents };
  }

  /** Begins to connect; does nothing when it is running. */
  start(): void {
    if (this.running) return;
    this.#documents = 0;
    this.#keeper.start();
  }

  /** Resolves when ffmpeg is gone, within 2 s whatever it is doing. */
  stop(): Promise<void> {
    return this.#keeper.stop();
  }
}
