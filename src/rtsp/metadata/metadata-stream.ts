import type { SourceHandler, StartableSource } from "../../events/source";
import type { InputOptions } from "../ffmpeg-input";
import {
  StreamKeeper,
  type KeeperDependencies,
  type KeeperOptions,
  type KeeperStatistics,
} from "../stream-keeper";
import type { StreamSource } from "../stream-url";
import { MetadataProcess } from "./metadata-process";

export interface MetadataStreamOptions extends Pick<InputOptions, "transport">, KeeperOptions {
  source: StreamSource;
  /** Seconds without any data after which the stream restarts. */
  stallTimeout: number;
}

export interface MetadataEvent {
  /** An XML document, from its root element on. */
  xml: string;
}

/** The metadata documents of one RTSP stream. */
export class MetadataStream implements StartableSource {
  readonly #keeper: StreamKeeper;
  #documents = 0;

  constructor(
    { source, transport, stallTimeout, ...options }: MetadataStreamOptions,
    handler: SourceHandler<MetadataEvent>,
    dependencies: Partial<KeeperDependencies> = {},
  ) {
    this.#keeper = new StreamKeeper(
      { name: source.name, purpose: "metadata", ...options },
      (binary, run) =>
        new MetadataProcess(
          binary,
          source,
          { transport, timeout: stallTimeout },
          {
            onDocument: (xml) => {
              if (run.over) return;
              this.#documents += 1;
              void handler.event({ xml });
            },
            onDamage: () => {
              if (!run.over) handler.warning(`${source.name}: ignored an incomplete metadata document.`);
            },
            onAlive: () => {
              run.alive(stallTimeout * 1000);
            },
            onEnd: (end) => {
              run.ended(end);
            },
          },
        ),
      handler,
      dependencies,
    );
  }

  get running(): boolean {
    return this.#keeper.running;
  }

  get statistics(): KeeperStatistics & { documents: number } {
    return { ...this.#keeper.statistics, documents: this.#documents };
  }

  start(): void {
    if (this.running) return;
    this.#documents = 0;
    this.#keeper.start();
  }

  stop(): Promise<void> {
    return this.#keeper.stop();
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }
}
