import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import { TLSSocket, type ConnectionOptions } from "node:tls";
import { Pool, buildConnector, type Dispatcher } from "undici";
import { SurveillanceError } from "../../core/errors";

export interface TlsOptions {
  /** Default true. False accepts any certificate, for this device only. */
  verifyTls?: boolean | undefined;
  /** Certificate authority, client certificate, server name. */
  tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "servername"> | undefined;
  /** SHA-256 of the device's certificate, in hex. With it, only this certificate is trusted, whatever its issuer. */
  fingerprint?: string | undefined;
}

/** The connections to a device. */
export interface Connections {
  /** A few connections that short requests share. */
  requests: Dispatcher;
  /** One connection, for the event stream. */
  stream: Dispatcher;
  /** One connection for each further stream. */
  otherStreams: Dispatcher;
  /**
   * Opens a connection for one request.
   *
   * @throws the error of the connection; {Error} if the signal is aborted or the connections are closed
   */
  dial(signal?: AbortSignal): Promise<Socket>;
  close(): Promise<void>;
}

/** Tells whether the options verify that the other end of a TLS connection is the device. */
export function isVerified({ verifyTls, fingerprint }: TlsOptions): boolean {
  return verifyTls !== false || plainFingerprint(fingerprint) !== undefined;
}

function plainFingerprint(fingerprint: string | undefined): string | undefined {
  const plain = fingerprint?.replace(/[^0-9a-f]/gi, "").toLowerCase();
  return plain === "" ? undefined : plain;
}

/** Cameras accept few connections, and serve other clients too. */
const REQUEST_CONNECTIONS = 4;

/**
 * Creates the connections to a device. They open when they are used.
 *
 * @param timeout the longest time to connect, in milliseconds
 * @throws {SurveillanceError} CONFIG_INVALID
 */
export function openConnections(origin: URL, options: TlsOptions, timeout: number): Connections {
  const fingerprint = plainFingerprint(options.fingerprint);
  if (fingerprint !== undefined && fingerprint.length !== 64) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      "The certificate fingerprint must be a SHA-256 with 64 hex digits.",
    );
  }
  const pinned = fingerprint !== undefined;
  const base = buildConnector({
    ...options.tls,
    timeout,
    rejectUnauthorized: !pinned && options.verifyTls !== false,
    // A resumed session has no certificate to compare.
    ...(pinned ? { maxCachedSessions: 0 } : {}),
  });
  const connect = fingerprint === undefined ? base : pin(base, fingerprint);
  const requests = new Pool(origin.origin, { connections: REQUEST_CONNECTIONS, connect });
  const stream = new Pool(origin.origin, { connections: 1, connect });
  // Without a limit: in a pool of one connection, a second stream would wait for the end of the first one.
  const otherStreams = new Pool(origin.origin, { connect });
  const dialled = new Set<Socket>();
  const closing = new AbortController();
  // One listener per dialled connection is not a leak.
  setMaxListeners(0, closing.signal);
  const { hostname, host, protocol } = origin;
  const port = origin.port || (protocol === "https:" ? "443" : "80");
  const dial = (signal?: AbortSignal): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const signals = [closing.signal, ...(signal === undefined ? [] : [signal])];
      const forget = (): void => {
        for (const each of signals) each.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        forget();
        reject(new Error("aborted"));
      };
      const isAborted = (): boolean => signals.some(({ aborted }) => aborted);
      if (isAborted()) {
        abort();
        return;
      }
      for (const each of signals) each.addEventListener("abort", abort);
      connect({ hostname, host, protocol, port }, (error, socket) => {
        forget();
        if (error !== null) {
          reject(error);
        } else if (isAborted()) {
          // The caller no longer waits for the connection.
          socket.on("error", () => undefined).destroy();
        } else {
          dialled.add(socket);
          socket.once("close", () => dialled.delete(socket));
          resolve(socket);
        }
      });
    });
  return {
    requests,
    stream,
    otherStreams,
    dial,
    close: async () => {
      closing.abort();
      for (const socket of dialled) socket.destroy();
      await Promise.all([requests.destroy(), stream.destroy(), otherStreams.destroy()]);
    },
  };
}

function pin(base: buildConnector.connector, fingerprint: string): buildConnector.connector {
  return (options, callback) => {
    base(options, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      const shown = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
      if (socket instanceof TLSSocket && shown?.replaceAll(":", "").toLowerCase() !== fingerprint) {
        socket.destroy();
        callback(
          new SurveillanceError(
            "TLS_FAILED",
            `The certificate of the device has another fingerprint: ${shown ?? "none"}.`,
            {
              advice: "Compare it with the device's own certificate, then correct the setting.",
            },
          ),
          null,
        );
        return;
      }
      callback(null, socket);
    });
  };
}
