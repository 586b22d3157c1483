import type { FfmpegBinary } from "../../ffmpeg/ffmpeg-binary";
import { inputArguments, inputScript, type InputOptions } from "../ffmpeg-input";
import type { RunningProcess } from "../stream-keeper";
import { FfmpegProcess, type ProcessEnd } from "../../ffmpeg/ffmpeg-process";
import type { StreamSource } from "../stream-url";
import { DocumentSplitter } from "./document-splitter";

export interface MetadataProcessEvents {
  /** An XML document, from its root element on. */
  onDocument(document: string): void;
  /** A document could not be completed. */
  onDamage(): void;
  /** Something came: video or metadata. */
  onAlive(): void;
  onEnd(end: ProcessEnd): void;
}

/**
 * ffmpeg's arguments: the first track that is no video goes to standard output as it is. Which one that is, and its
 * payload type (0x6b at most cameras), ffmpeg takes from the stream description.
 *
 * Metadata may be silent for hours, so the video is set up as well: to descriptor 3 goes all that comes, as a sign of
 * life. As MPEG-TS, which asks nothing of a stream that was not analysed; its packets are numbered, for those that
 * arrive together have the same time, which MPEG-TS refuses.
 */
const args: readonly string[] = [
  ...inputArguments(),
  ...["-map", "0:0", "-map", "0:1?", "-map", "-0:v", "-copy_unknown", "-c", "copy"],
  ...["-flush_packets", "1", "-f", "data", "pipe:1"],
  ...["-map", "0", "-copy_unknown", "-c", "copy", "-bsf", "setts=ts=N*900"],
  ...["-max_interleave_delta", "1", "-flush_packets", "1", "-f", "mpegts", "pipe:3"],
];
/** A muxer complains about packets with the same time, and writes them nevertheless. */
const HARMLESS = /\[data @ [^;]*non monotonically increasing dts[^;]*(; )?/g;

/** One run of ffmpeg: from the URL on its standard input to the documents of the metadata track. */
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
