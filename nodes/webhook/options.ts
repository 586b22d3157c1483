import { choice, list, number, reference } from "../kit/option-kinds";

/** Where a node that is posted to listens. */
export const endpointOptions = {
  listen: choice("node-red", ["node-red", "port"]),
  /** Of the node's own; 0: any that is free. */
  port: number("", { min: 0, max: 65_535, whole: true }),
  tls: reference("tls-config", false),
  /** Addresses and networks of reverse proxies whose `X-Forwarded-For` is believed. */
  trustedProxies: list(),
};
