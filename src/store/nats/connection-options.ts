import type { ConnectionOptions } from "node:tls";

/** How to reach and log in to NATS. Equal options share one connection. */
export interface NatsConnectionOptions {
  /** Addresses such as `nats://10.0.0.5:4222` or `tls://nats.example.org`. Several: servers of one cluster. */
  servers: readonly string[];
  username?: string;
  password?: string;
  token?: string;
  /** The seed of an nkey: `SU…` */
  nkey?: string;
  /** The content of a credentials file */
  credentials?: string;
  /** Certificates. A server that asks for TLS gets it without this, too. */
  tls?: ConnectionOptions;
  /**
   * JetStream domains of sites, whose streams are read through the leaf connections of this server. Default: the domain
   * of the server itself
   */
  domains?: readonly string[];
}
