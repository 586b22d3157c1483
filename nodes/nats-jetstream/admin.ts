import type { Request } from "express";
import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { probeNats, type NatsConnectionOptions } from "../../src/store/nats";
import { adminRoute } from "../kit/admin-routes";
import { readOptions } from "../kit/read-options";
import { connectionOptions, type NatsCredentials } from "./connection";
import { options } from "./options";

/** The editor's placeholder for a stored secret. The editor does not receive the secret. */
const UNCHANGED = "__PWRD__";
const SECRETS = ["password", "token", "nkey", "credentials"] as const;

/** The fields of the open dialog. */
interface TestBody extends NatsCredentials {
  id?: string;
}

interface NatsNode extends Node {
  connection?: NatsConnectionOptions;
  credentials: NatsCredentials;
}

/** Registers the editor's test of the connection. */
export function registerNatsRoutes(RED: NodeAPI): void {
  adminRoute(RED, {
    method: "post",
    path: "/nats-jetstream/test",
    permission: "nats-jetstream.write",
    secrets: ({ body }: Request) => SECRETS.map((name) => (body as TestBody)[name] ?? ""),
    handler: async ({ body }) => {
      const fields = body as TestBody;
      const settings = readOptions(options, fields);
      const entered = connectionOptions(RED, settings, {});
      return probeNats(connectionOptions(RED, settings, credentialsFor(RED, fields, entered.servers)));
    },
  });
}

/** Returns the credentials of the dialog. Uses stored secrets only for the servers that they were stored for. */
function credentialsFor(RED: NodeAPI, body: TestBody, servers: readonly string[]): NatsCredentials {
  const { username = "" } = body;
  const entered: NatsCredentials = { username };
  const node = RED.nodes.getNode(body.id ?? "") as NatsNode | null;
  for (const name of SECRETS) {
    const value = body[name] ?? "";
    const stored = node?.credentials[name];
    if (value !== UNCHANGED) entered[name] = value;
    else if (stored !== undefined && node?.connection?.servers.join() === servers.join())
      entered[name] = stored;
    else {
      throw new SurveillanceError("CONFIG_INVALID", "The stored secrets belong to other servers.", {
        advice: "Enter them again, or deploy first.",
      });
    }
  }
  return entered;
}
