import type { Duplex } from "node:stream";
import type { Clock } from "../../core/clock";
import { SurveillanceError } from "../../core/errors";
import { BYTES_PER_SECOND } from "./clip";

const STEP_MS = 40;
const STEP_BYTES = (BYTES_PER_SECOND * STEP_MS) / 1000;

export interface PaceOptions {
  clock: Clock;
  /** The device, as messages name it. */
  where: string;
  signal?: AbortSignal | undefined;
  /** How much has been sent, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/**
 * Sends sound as fast as it is heard: a device has room for less than a second of it, and drops the rest. Each step is
 * due by the clock's count from the beginning, so that late ones are made up for. Resolves when all of it was due.
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
      if (signal?.aborted === true) throw new SurveillanceError("CLOSED", "The clip was given up.");
      if (connection.destroyed) {
        throw new SurveillanceError(
          "CONNECTION_LOST",
          `${where} ended the conversation before the clip did.`,
        );
      }
      // A device that takes nothing more for a while is not sent more and more.
      if (!connection.write(sound.subarray(sent, sent + STEP_BYTES))) {
        await until((wake) => connection.once("drain", wake), broken.signal);
      }
      onProgress?.(Math.min(1, (sent + STEP_BYTES) / sound.length));
      const due = begin + ((sent + STEP_BYTES) / BYTES_PER_SECOND) * 1000;
      if (due > clock.now()) await until((wake) => clock.after(due - clock.now(), wake), broken.signal);
    }
  } finally {
    connection.removeListener("close", end);
    signal?.removeEventListener("abort", end);
  }
}

async function until(listen: (wake: () => void) => unknown, broken: AbortSignal): Promise<void> {
  if (broken.aborted) return;
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      broken.removeEventListener("abort", wake);
      resolve();
    };
    broken.addEventListener("abort", wake);
    listen(wake);
  });
}
