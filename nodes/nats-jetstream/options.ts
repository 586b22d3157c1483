import { list, reference } from "../kit/option-kinds";

export const options = {
  servers: list("nats://127.0.0.1:4222", "nats://127.0.0.1:4222"),
  tls: reference("tls-config", false),
  /** JetStream domains of the sites that events-in reads; none: that of the server itself. */
  domains: list(),
};
