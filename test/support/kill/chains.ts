import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../../tools/node-red";
import type { NatsServer } from "../nats-server";
import { handledFile, handlingFlow, receivingFlow, type Chain, type StoreSettings } from "./event-chain";
import { KillableNodeRed, type Killable } from "./killable";

/** Puts the package into a new user directory: the packed tarball, or this checkout. */
export type Prepare = (userDir: string) => Promise<void>;

export interface RunningChain extends Chain {
  end(): Promise<void>;
}

/** One Node-RED that receives events, stores them on its own disk and handles them. */
export async function hereChain(prepare: Prepare): Promise<RunningChain> {
  const userDir = await newUserDir(prepare);
  const store: StoreSettings = { store: "here", folder: "events" };
  const file = handledFile(userDir);
  const nodeRed = await startNodeRed("Node-RED", userDir, [
    ...receivingFlow(store),
    ...handlingFlow(store, file),
  ]);
  return chainOf([nodeRed], nodeRed, file, []);
}

/**
 * A site and a hub, each with a Node-RED and a NATS server; the site's server is a leaf of the hub's. The site receives,
 * the hub handles.
 */
export async function siteAndHubChain(
  prepare: Prepare,
  { hub, site, domain }: { hub: NatsServer; site: NatsServer; domain: string },
): Promise<RunningChain> {
  const store: StoreSettings = { store: "nats", server: "nats" };
  const [siteDir, hubDir] = [await newUserDir(prepare), await newUserDir(prepare)];
  const file = handledFile(hubDir);
  const siteNodeRed = await startNodeRed("Node-RED of the site", siteDir, [
    { id: "nats", type: "nats-jetstream", servers: site.url },
    ...receivingFlow(store),
  ]);
  const hubNodeRed = await startNodeRed("Node-RED of the hub", hubDir, [
    { id: "nats", type: "nats-jetstream", servers: hub.url, domains: domain },
    ...handlingFlow(store, file),
  ]);
  const servers = [named("NATS server of the site", site), named("NATS server of the hub", hub)];
  return chainOf([siteNodeRed, hubNodeRed], siteNodeRed, file, servers);
}

function chainOf(
  nodeReds: readonly KillableNodeRed[],
  receiver: KillableNodeRed,
  file: string,
  servers: readonly Killable[],
): RunningChain {
  return {
    webhook: `http://127.0.0.1:${receiver.port}/viewtron`,
    file,
    victims: [...nodeReds, ...servers],
    end: async () => {
      await Promise.all(nodeReds.map((nodeRed) => nodeRed.stop()));
      await Promise.all(nodeReds.map(({ userDir }) => rm(userDir, { recursive: true, force: true })));
    },
  };
}

function named(name: string, server: NatsServer): Killable {
  return { name, start: () => server.start(), kill: () => server.kill(), stop: () => server.kill() };
}

async function newUserDir(prepare: Prepare): Promise<string> {
  const userDir = await mkdtemp(path.join(os.tmpdir(), "kill-"));
  await prepare(userDir);
  return userDir;
}

async function startNodeRed(name: string, userDir: string, flow: object[]): Promise<KillableNodeRed> {
  await writeFile(path.join(userDir, "flows.json"), JSON.stringify(flow));
  const nodeRed = new KillableNodeRed(name, userDir, await freePort());
  await nodeRed.start();
  return nodeRed;
}
