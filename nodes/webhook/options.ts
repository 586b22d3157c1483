import { choice, list, number, reference, when } from "../kit/option-kinds";

/** Options of the endpoint of a node that receives posts. */
export const endpointOptions = {
  listen: choice("node-red", ["node-red", "port"]),
  /** The separate port; 0: any free port. */
  port: when("listen", ["port"], number("", { min: 0, max: 65_535, whole: true })),
  tls: reference("tls-config", false),
  /** Addresses and networks of reverse proxies whose `X-Forwarded-For` is trusted. */
  trustedProxies: list(),
  /** When the sender gets its response: after the post was received, or after its events were stored. */
  answer: choice("received", ["received", "stored"]),
  /** Seconds until a sender whose events were not stored gets a failure. */
  ackTimeout: when("answer", ["stored"], number(10, { min: 0.1, max: 300 })),
};
