import { choice, list, number, reference, when } from "../kit/option-kinds";

/** Options of the endpoint of a node that receives posts. */
export const endpointOptions = {
  listen: choice("node-red", ["node-red", "port"]),
  /** The separate port; 0: any free port. */
  port: when("listen", ["port"], number("", { min: 0, max: 65_535, whole: true })),
  tls: reference("tls-config", false),
  /** Addresses and networks of reverse proxies whose `X-Forwarded-For` is trusted. */
  trustedProxies: list(),
};
