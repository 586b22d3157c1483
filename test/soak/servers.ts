import { setTimeout } from "node:timers/promises";
import type { KServeServer } from "../servers/inference/kserve-server";
import { debianServerOrNote } from "../support/debian-server";
import { NatsServers, type NatsServer } from "../support/nats-server";
import { colourDetector } from "../support/onnx-model";
import { startOnnxServer } from "../support/onnx-server";

/** The servers that Node-RED's nodes need besides the devices of a site: a store, and two that run the model. */
export class SoakServers {
  readonly #stores: NatsServers;

  private constructor(
    stores: NatsServers,
    /** Undefined where there is no nats-server. */
    readonly nats: NatsServer | undefined,
    readonly inference: readonly KServeServer[],
  ) {
    this.#stores = stores;
  }

  static async start(): Promise<SoakServers> {
    const binary = await debianServerOrNote("nats", "the soak of a NATS server");
    const stores = new NatsServers(binary);
    const inference = await Promise.all([1, 2].map(() => startOnnxServer("colours", colourDetector())));
    return new SoakServers(stores, binary && (await stores.start()), inference);
  }

  /** Kills the store, and starts it again with what is on its disk. */
  async restartStore(): Promise<void> {
    await this.nats?.kill();
    await setTimeout(1000);
    await this.nats?.start();
  }

  /** Kills one of the servers that run the model, and starts it again. */
  async restartInference(index: number): Promise<void> {
    const server = this.inference[index];
    if (server === undefined) throw new Error(`There is no server ${index}.`);
    const { port } = server;
    await server.close();
    await setTimeout(1000);
    await server.listen(port);
  }

  async close(): Promise<void> {
    await Promise.all([this.#stores.removeAll(), ...this.inference.map((server) => server.close())]);
  }
}
