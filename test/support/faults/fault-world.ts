import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { provideFfmpeg } from "../../../tools/ffmpeg";
import { freePort, startNodeRed, type NodeRedProcess } from "../../../tools/node-red";
import { provideNatsServer } from "../../../tools/debian";
import { NatsServers, type NatsServer } from "../nats-server";
import { SimulatedSite } from "../simulated-site";
import { installation } from "../world";
import { faultFlow } from "./fault-flow";
import { FaultProxy, type Certificate, type ProxyFault } from "./fault-proxy";
import { Reports, type Report } from "./reports";
import type { Bench, Rig, Variant } from "./rig";

const run = promisify(execFile);

export interface FaultWorldOptions {
  env?: NodeJS.ProcessEnv;
  /** A command that starts Node-RED, for instance with limits. */
  launcher?: readonly string[];
  /** Ends all waiting for nodes. */
  ends?: AbortSignal;
}

export const natsLogin = { username: "flow", password: "s3cret" };
const natsSettings = `jetstream { store_dir: STORE_DIR }
authorization { user: ${natsLogin.username}, password: ${natsLogin.password} }`;

type DeployType = "full" | "flows" | "nodes";

/** A real Node-RED with all nodes, each behind proxies of its own, and a simulated site behind these. */
export class FaultWorld {
  /** The texts of the alarms that HikCentral has received. */
  readonly alarms: string[] = [];
  variant: Variant = { scheme: "http", host: "127.0.0.1", login: true, name: "first" };
  #nodeRed: NodeRedProcess | undefined;
  #marks = 0;

  private constructor(
    readonly rigs: readonly Rig[],
    readonly site: SimulatedSite,
    readonly nats: NatsServer,
    readonly userDir: string,
    private readonly own: { port: number },
    readonly reports: Reports,
    readonly picture: Buffer,
    readonly options: FaultWorldOptions,
    /** By rig and name. */
    readonly proxies: ReadonlyMap<string, FaultProxy>,
  ) {
    site.gateway.on("alarm", ({ text }) => this.alarms.push(text));
  }

  static async open(rigs: readonly Rig[], options: FaultWorldOptions = {}): Promise<FaultWorld> {
    // A silent stream is noticed within half a minute if it had heartbeats. Every node has a login of its own, and the
    // device would lock the account.
    const site = await SimulatedSite.open({ heartbeatMs: 400, maxFailures: Number.POSITIVE_INFINITY });
    const nats = await new NatsServers(await provideNatsServer()).start(natsSettings);
    const from = await installation("complete");
    const userDir = await mkdtemp(path.join(os.tmpdir(), "faults-"));
    await copyFile(path.join(from, "package.json"), path.join(userDir, "package.json"));
    await symlink(path.join(from, "node_modules"), path.join(userDir, "node_modules"), "junction");
    await mkdir(path.join(userDir, "disk"));
    // Chosen at the first start: until then, others could take it.
    const own = { port: 0 };
    const proxies = new Map<string, FaultProxy>();
    for (const rig of rigs) {
      for (const [name, target] of Object.entries(rig.connects ?? {})) {
        proxies.set(
          `${rig.type} ${name}`,
          await FaultProxy.start(() => target(site, nats), rig.readers?.includes(name) ? "reader" : "server"),
        );
      }
      for (const name of rig.listens ?? []) {
        proxies.set(`${rig.type} ${name}`, await FaultProxy.start(() => own.port, "client"));
      }
    }
    const reports = await Reports.open(await freePort(), options.ends);
    return new FaultWorld(rigs, site, nats, userDir, own, reports, await redPicture(site), options, proxies);
  }

  get pid(): number {
    return this.#nodeRed?.pid ?? 0;
  }

  get output(): string {
    return this.#nodeRed?.output() ?? "";
  }

  get ended(): Promise<number | null> {
    return this.#nodeRed?.ended ?? Promise.resolve(null);
  }

  /** Starts Node-RED, with what was deployed before. */
  async start(): Promise<void> {
    const { env, launcher } = this.options;
    if (this.own.port === 0) this.own.port = await freePort();
    this.#nodeRed = await startNodeRed({
      userDir: this.userDir,
      port: this.own.port,
      ...(launcher && { launcher }),
      env: { FFMPEG_PATH: await provideFfmpeg(), ...env },
    });
  }

  /** Deploys the flow of the variant. */
  async deploy(change: Partial<Variant> = {}, type: DeployType = "full"): Promise<void> {
    this.variant = { ...this.variant, ...change };
    const since = performance.now();
    await this.#post(
      faultFlow(this.rigs, (rig) => this.bench(rig), {
        stimuli: this.reports.stimuli,
        reports: this.reports.port,
      }),
      type,
    );
    // Nodes that are not redeployed have nothing to say.
    if (type === "nodes") await pause(1000);
    else await this.started(since);
  }

  /** Stops all nodes. */
  async clear(): Promise<void> {
    await this.#post([], "full");
  }

  async #post(flow: readonly object[], type: DeployType): Promise<void> {
    const response = await fetch(`${this.#nodeRed?.url ?? ""}/flows`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Node-RED-Deployment-Type": type },
      body: JSON.stringify(flow),
    });
    if (!response.ok) throw new Error(`Node-RED refused the flow: ${await response.text()}`);
  }

  /** Waits until the flow runs. */
  async started(since: number): Promise<void> {
    const runs = await this.reports.until(() => this.reports.of("line", since).length > 0, 20_000);
    if (!runs) throw new Error(`The flow does not run:\n${this.output}`);
  }

  bench(rig: Rig, variant = this.variant): Bench {
    return {
      site: this.site,
      folder: path.join(this.userDir, "disk"),
      variant,
      picture: this.picture,
      alarms: this.alarms,
      at: (name) => {
        const proxy = this.proxies.get(`${rig.type} ${name}`);
        if (proxy === undefined) throw new Error(`${rig.type} has no proxy ${name}.`);
        return { host: variant.host, port: proxy.port };
      },
    };
  }

  async setProxies(fault: ProxyFault): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.set(fault)));
  }

  setCertificate(certificate: Certificate | undefined): void {
    for (const [name, proxy] of this.proxies) {
      // Streams, posts of senders and generic events have no TLS here.
      if (!/platform|device|inference/.test(name)) continue;
      proxy.certificate = certificate;
      proxy.breakConnections();
    }
  }

  nextMark(): string {
    return String(1000 + (this.#marks += 1));
  }

  /** Makes a node work once. */
  stimulate(rig: Rig, mark: string): void {
    const bench = this.bench(rig);
    const message = rig.message?.(bench, mark);
    if (message !== undefined) this.reports.send(rig.type, { ...message, mark });
    void (async () => rig.stimulate?.(bench, mark))().catch(() => undefined);
  }

  /** Whether a node has sent the message of a mark, or anything if it has no marks. */
  hasSent(rig: Rig, mark: string, since: number): boolean {
    return this.reports
      .of(rig.type, since)
      .some((report) => report.kind === "out" && isOf(rig, mark, report));
  }

  async kill(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    if (this.#nodeRed === undefined) return null;
    process.kill(this.#nodeRed.pid, signal);
    return this.#nodeRed.ended;
  }

  async close(): Promise<void> {
    await this.#nodeRed?.stop();
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
    await this.site.close();
    await this.nats.remove();
    this.reports.close();
    await rm(this.userDir, { recursive: true, force: true });
  }
}

/** Whether a report is about the work of a mark. Messages carry it; what a device sends has it in its text. */
export function isOf(rig: Rig, mark: string, report: Report): boolean {
  if (rig.isLive === true) return true;
  return rig.message === undefined ? (report.text ?? "").includes(mark) : report.mark === mark;
}

async function redPicture({ ffmpeg, folder }: SimulatedSite): Promise<Buffer> {
  const file = path.join(folder, "red.jpg");
  const from = ["-f", "lavfi", "-i", "color=red:s=320x180", "-frames:v", "1"];
  await run(ffmpeg, ["-hide_banner", "-loglevel", "error", ...from, file]);
  return readFile(file);
}
