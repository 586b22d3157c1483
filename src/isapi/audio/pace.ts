import type { Duplex } from "node:stream";
import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { pause } from "../../core/pause";
import { BYTES_PER_SECOND } from "./clip";

const STEP_MS = 40;
const STEP_BYTES = (BYTES_PER_SECOND * STEP_MS) / 1000;

export interface PaceOptions {
  clock: Clock;
  /** The device's name in messages. */
  where: string;
  signal?: AbortSignal | undefined;
  /** Receives the share that was sent, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/**
 * Sends sound at the speed of playback: a device buffers less than a second, and drops the rest. Each step is due at
 * its time since the start, so that a late step does not delay the next ones. Resolves at the end of the playback.
 *
 * @throws {SurveillanceError} CONNECTION_LOST, CLOSED
 */
export async function sendPaced(
  connection: Duplex,
  sound: Buffer,
  { clock, where, signal, onProgress }: PaceOptions,
): Promise<void> {
  const begin = clock.now();
  const broken = new AbortController();
  const end = (): void => {
    broken.abort();
  };
  connection.once("close", end);
  signal?.addEventListener("abort", end);
  try {
    for (let sent = 0; sent < sound.length; sent += STEP_BYTES) {
      if (signal?.aborted === true) throw new SurveillanceError("CLOSED", "Playback was cancelled.");
      if (connection.destroyed) {
        throw new SurveillanceError(
          "CONNECTION_LOST",
          `${where} closed the audio connection before the clip ended.`,
        );
      }
      // The device's buffer is full: wait until it accepts more.
      if (!connection.write(sound.subarray(sent, sent + STEP_BYTES))) {
        await drained(connection, broken.signal);
      }
      onProgress?.(Math.min(1, (sent + STEP_BYTES) / sound.length));
      const due = begin + ((sent + STEP_BYTES) / BYTES_PER_SECOND) * 1000;
      await pause(due - clock.now(), clock, broken.signal);
    }
  } finally {
    connection.removeListener("close", end);
    signal?.removeEventListener("abort", end);
  }
}

async function drained(connection: Duplex, broken: AbortSignal): Promise<void> {
  if (broken.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      connection.removeListener("drain", done);
      broken.removeEventListener("abort", done);
      resolve();
    };
    connection.once("drain", done);
    broken.addEventListener("abort", done);
  });
}
