import type { Node, NodeAPI } from "node-red";
import type { NatsConnectionOptions } from "../../src/store/nats";
import { defineNode } from "../kit/define-node";
import { registerNatsRoutes } from "./admin";
import { connectionOptions, type NatsCredentials } from "./connection";
import { options } from "./options";

/** Events-out and events-in open the connection. The node only holds its settings. */
export = (RED: NodeAPI): void => {
  registerNatsRoutes(RED);
  defineNode<typeof options, NatsCredentials>(
    RED,
    {
      type: "nats-jetstream",
      options,
      credentials: {
        username: { type: "text" },
        password: { type: "password" },
        token: { type: "password" },
        nkey: { type: "password" },
        credentials: { type: "password" },
      },
    },
    ({ node, options: settings, credentials }) => {
      (node as Node & { connection?: NatsConnectionOptions }).connection = connectionOptions(
        RED,
        settings,
        credentials,
      );
    },
  );
};
