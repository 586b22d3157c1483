import { steady, type Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import type { IsapiClient } from "../connection/client";
import type { IsapiResponse } from "../connection/messages";
import { DripGuard } from "./drip-guard";
import { PartParser, type Part } from "./part-parser";
import { Watchdog } from "./watchdog";

/** The consequence of silence: a failure, opening the stream again, or waiting. */
export type SilenceVerdict = "failed" | "reopen" | "wait";

export interface ReadStreamOptions {
  client: IsapiClient;
  /** The stream's name in messages. */
  where: string;
  clock: Clock;
  /** Ends the reading. */
  signal: AbortSignal;
  open: (signal: AbortSignal) => Promise<IsapiResponse>;
  opened: () => void;
  /** Called when bytes arrive, and more than a drip. */
  alive?: () => void;
  /** @returns whether the part is a heartbeat */
  part: (part: Part) => boolean;
  imageBegins?: () => void;
  /** Called when a part was ignored. */
  warning: (text: string) => void;
  /**
   * Called when the stream is quiet for longer than usual.
   *
   * @param missed whether expected heartbeats are missing
   */
  quiet?: (missed: boolean, isOpen: () => boolean) => Promise<SilenceVerdict>;
  /** Called when the stream is silent for too long, with `missed` as above. Default: `failed`. */
  silent?: (missed: boolean) => Promise<SilenceVerdict>;
}

export interface StreamEnd {
  /** Milliseconds from the request to the end. */
  lived: number;
  bytes: number;
  isMultipart: boolean;
}

/**
 * Opens a multipart stream and reads it until the device ends it.
 *
 * @returns `reopen` if a verdict says so
 * @throws {SurveillanceError} ISAPI_SILENT, TIMEOUT if the stream drips, and the errors of `open` and the connection
 */
export async function readStream(options: ReadStreamOptions): Promise<StreamEnd | "reopen"> {
  const { client, where, signal, quiet, silent } = options;
  const clock = steady(options.clock);
  const stop = new AbortController();
  const abort = (): void => {
    stop.abort();
  };
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);

  let silence: SurveillanceError | "reopen" | undefined;
  const judge = (verdict: SilenceVerdict, seconds: number): void => {
    if (verdict === "wait") return;
    silence = verdict === "reopen" ? verdict : silentError(where, seconds);
    abort();
  };
  let isOpen = false;
  const watchdog = new Watchdog({
    clock,
    onQuiet: (missed) => {
      const since = clock.now();
      void quiet?.(missed, () => isOpen).then((verdict) => {
        if (!watchdog.heardSince(since)) judge(verdict, watchdog.silentSeconds);
      });
    },
    onSilence: (seconds, missed) => {
      void (silent?.(missed) ?? Promise.resolve("failed" as const)).then((verdict) => {
        judge(verdict, seconds);
      });
    },
  });
  const drip = new DripGuard({ clock, timeout: client.timeout, where });
  const began = clock.now();
  let bytes = 0;
  try {
    const response = await options.open(stop.signal);
    isOpen = true;
    watchdog.data();
    options.opened();
    const type = String(response.headers["content-type"] ?? "");
    const parser = new PartParser(
      {
        part: (part) => {
          drip.part();
          if (options.part(part)) watchdog.beat();
        },
        imageBegins: () => options.imageBegins?.(),
        warning: options.warning,
      },
      { boundary: /boundary=("[^"]*"|[^;\s]+)/i.exec(type)?.[1] },
    );
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (watchdog.data(chunk.length)) options.alive?.();
      parser.push(chunk);
      drip.check(chunk);
    }
    parser.end();
    return { lived: clock.now() - began, bytes, isMultipart: /^multipart\//i.test(type) };
  } catch (thrown) {
    if (silence === "reopen") return silence;
    throw silence ?? thrown;
  } finally {
    watchdog.stop();
    signal.removeEventListener("abort", abort);
  }
}

function silentError(where: string, seconds: number): SurveillanceError {
  return new SurveillanceError("ISAPI_SILENT", `${where} has been silent for ${seconds} s.`, {
    advice: "The node reconnects.",
  });
}
