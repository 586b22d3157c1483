import { SurveillanceError } from "../../core/errors";
import { leaseLink } from "./connection";
import type { NatsConnectionOptions } from "./connection-options";
import { natsError } from "./failure";

const PROBE_MS = 12_000;

/** What a server says about itself. */
export interface NatsServerInfo {
  version: string;
  /** Streams of the account, in this domain. */
  streams: string[];
  domain?: string;
}

/**
 * Connects once and asks for the streams, for the editor.
 *
 * @throws {SurveillanceError} why it does not work
 */
export async function probeNats(options: NatsConnectionOptions): Promise<NatsServerInfo> {
  const { link, release } = leaseLink(options);
  try {
    const session = await link.firstAttempt(PROBE_MS);
    const jsm = await session.client.jetstream.jetstreamManager(session.nc, { checkAPI: false });
    const streams: string[] = [];
    for await (const name of jsm.streams.names()) streams.push(name);
    const { version = "?", domain } = (session.nc.info ?? {}) as { version?: string; domain?: string };
    return { version, streams, ...(domain === undefined ? {} : { domain }) };
  } catch (thrown) {
    throw thrown instanceof SurveillanceError ? thrown : natsError(thrown, link.where);
  } finally {
    await release();
  }
}
