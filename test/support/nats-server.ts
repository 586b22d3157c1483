import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import type { Context } from "mocha";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { DebianServer } from "../../tools/debian";
import { debianServer } from "./debian-server";

/** Returns a port that nothing uses. A server needs the same one after a restart. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = createConnection(port, "127.0.0.1");
  try {
    await once(socket, "data");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A real nats-server with JetStream and its own folder. */
export class NatsServer {
  readonly port: number;
  readonly folder = mkdtempSync(path.join(os.tmpdir(), "nats-"));
  readonly #binary: DebianServer;
  readonly #config: string;
  #process: ChildProcess | undefined;

  constructor(binary: DebianServer, port: number, config: string) {
    this.#binary = binary;
    this.port = port;
    this.#config = config;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts the server, for the first time or again, on the same port. Resolves when it answers. */
  async start(): Promise<void> {
    if (this.#process !== undefined) throw new Error("the server runs already");
    const file = path.join(this.folder, "nats.conf");
    writeFileSync(
      file,
      `listen: "127.0.0.1:${this.port}"\n${this.#config.replaceAll("STORE_DIR", JSON.stringify(this.folder))}`,
    );
    const { path: binary, env } = this.#binary;
    const child = spawn(binary, ["-c", file], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4_000);
    });
    const deadline = Date.now() + 10_000;
    while (!(await answers(this.port))) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`nats-server does not start.\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the server as a crash does. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Stops the process: a peer that no longer responds. Its threads stop one after the other. */
  async freeze(): Promise<void> {
    const { pid } = this.#process ?? {};
    this.#process?.kill("SIGSTOP");
    const tasks = `/proc/${pid ?? 0}/task`;
    const isStopped = (task: string): boolean =>
      readFileSync(`${tasks}/${task}/stat`, "utf8").includes(") T ");
    while (!readdirSync(tasks).every(isStopped)) await new Promise(setImmediate);
  }

  /** Continues a process that was frozen. */
  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends the server and removes its files. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A client of the tests, which must be closed. */
  client(): Promise<NatsConnection> {
    return connect({ servers: this.url, noAsyncTraces: true });
  }
}

const jetstream = "jetstream { store_dir: STORE_DIR }";

/** The servers of a suite. `prepare` in its `before`, `removeAll` in its `afterEach`. */
export class NatsServers {
  #binary: DebianServer | undefined;
  readonly #servers: NatsServer[] = [];

  /** @param binary for programs without suites; a suite calls `prepare` */
  constructor(binary?: DebianServer) {
    this.#binary = binary;
  }

  /** Skips the suite where there is no nats-server. */
  async prepare(suite: Context): Promise<void> {
    this.#binary = await debianServer(suite, "nats");
  }

  /** Starts a server. In its settings, STORE_DIR is its folder. */
  async start(config = jetstream): Promise<NatsServer> {
    const server = await this.add(config);
    await server.start();
    return server;
  }

  /** A server that is not started yet. */
  async add(config = jetstream): Promise<NatsServer> {
    if (this.#binary === undefined) throw new Error("call prepare first");
    const server = new NatsServer(this.#binary, await freePort(), config);
    this.#servers.push(server);
    return server;
  }

  /** A hub with a port for leaf nodes. */
  async hub(domain = "hub"): Promise<{ hub: NatsServer; leafPort: number }> {
    const leafPort = await freePort();
    const hub = await this.start(
      `jetstream { store_dir: STORE_DIR, domain: ${domain} }\nleafnodes { listen: "127.0.0.1:${leafPort}" }`,
    );
    return { hub, leafPort };
  }

  /** A site: its own store, and a leaf connection to the hub. The lists keep its messages off other sites. */
  site(domain: string, leafPort: number): Promise<NatsServer> {
    return this.start(
      `jetstream { store_dir: STORE_DIR, domain: ${domain} }
       leafnodes { reconnect: 1, remotes: [ {
         url: "nats-leaf://127.0.0.1:${leafPort}",
         deny_exports: ["surveillance.>", "$O.>"],
         deny_imports: ["surveillance.>", "$O.>"]
       } ] }`,
    );
  }

  async removeAll(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.remove()));
  }
}
