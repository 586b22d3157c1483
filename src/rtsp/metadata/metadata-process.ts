import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import { inputArguments, inputScript, type InputOptions } from "../ffmpeg-input";
import type { RunningProcess } from "../stream-keeper";
import { FfmpegProcess, type ProcessEnd } from "../../ffmpeg/ffmpeg-process";
import type { StreamSource } from "../stream-url";
import { DocumentSplitter } from "./document-splitter";

export interface MetadataProcessEvents {
  /** An XML document, from its root element on. */
  onDocument(document: string): void;
  /** A document is incomplete. */
  onDamage(): void;
  /** Video or metadata arrived. */
  onAlive(): void;
  onEnd(end: ProcessEnd): void;
}

/**
 * The arguments with which ffmpeg copies the first track that is not a video to standard output. ffmpeg reads the track
 * and its payload type (0x6b at most cameras) from the stream description.
 *
 * A camera may send no metadata for hours. So ffmpeg also sets up the video, and writes everything to descriptor 3 as a
 * sign of life. The format is MPEG-TS, which does not need an analysed stream. The packets get numbers as timestamps,
 * because packets that arrive together have the same time, and MPEG-TS rejects equal times.
 */
const args: readonly string[] = [
  ...inputArguments(),
  ...["-map", "0:0", "-map", "0:1?", "-map", "-0:v", "-copy_unknown", "-c", "copy"],
  ...["-flush_packets", "1", "-f", "data", "pipe:1"],
  ...["-map", "0", "-copy_unknown", "-c", "copy", "-bsf", "setts=ts=N*900"],
  ...["-max_interleave_delta", "1", "-flush_packets", "1", "-f", "mpegts", "pipe:3"],
];
/** The muxer reports packets with the same time, but writes them. */
const HARMLESS = /\[data @ [^;]*non monotonically increasing dts[^;]*(; )?/g;

/** One run of ffmpeg: it reads the URL from standard input, and delivers the documents of the metadata track. */
export class MetadataProcess implements RunningProcess {
  readonly #process: FfmpegProcess;

  constructor(
    binary: FfmpegBinary,
    { url, secrets }: StreamSource,
    options: InputOptions,
    events: MetadataProcessEvents,
  ) {
    this.#process = new FfmpegProcess(binary, {
      args,
      script: inputScript(url, options, ["video", "data"]),
      secrets,
      onEnd: ({ ending, stderrTail }) => {
        events.onEnd({ ending, stderrTail: stderrTail.replace(HARMLESS, "") });
      },
    });
    const splitter = new DocumentSplitter();
    this.#process.stdout.on("data", (chunk: Buffer) => {
      events.onAlive();
      const { damaged } = splitter;
      for (const document of splitter.push(chunk)) events.onDocument(document);
      if (splitter.damaged > damaged) events.onDamage();
    });
    this.#process.extra.on("data", () => {
      events.onAlive();
    });
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
