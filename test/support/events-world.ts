import { ViewtronCamera } from "../servers/viewtron-camera";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { freePort, startNodeRed, type NodeRedProcess } from "../../tools/node-red";
import { EventSink } from "./event-sink";
import { chosenNodeRed } from "./chosen-node-red";
import { startWorld, type World } from "./world";

const posts = new IpcPosts();

/** A Node-RED that receives, stores, works on events for a time each, and reports those it has finished. */
export class EventsWorld {
  #nodeRed: NodeRedProcess;

  private constructor(
    private readonly world: World,
    private readonly port: number,
    private readonly sink: EventSink,
    private readonly camera: ViewtronCamera,
  ) {
    this.#nodeRed = world;
  }

  /** @param more further nodes, or nodes that replace those of the same id */
  static async start({
    workMs,
    more = [],
  }: {
    workMs: number;
    more?: { id: string }[];
  }): Promise<EventsWorld> {
    const sink = await EventSink.open();
    const port = await freePort();
    const own = flowOf(workMs, sink.url).filter(({ id }) => more.every((node) => node.id !== id));
    const world = await startWorld({ port, flow: [...own, ...more] });
    const camera = new ViewtronCamera({ url: `http://127.0.0.1:${port}/viewtron` });
    return new EventsWorld(world, port, sink, camera);
  }

  /** Posts an event like a camera. @throws {Error} any response but success */
  async post(plate: string): Promise<void> {
    await this.camera.deliver(posts.plate({ plate }));
  }

  /** Waits until the flow has worked on these events. */
  finished(plates: readonly string[]): Promise<void> {
    return this.sink.complete(plates.map((plate) => `${plate} began`));
  }

  /** Returns how often the flow has worked on an event. */
  count(plate: string): number {
    return this.sink.events.filter(({ id }) => id === plate).length;
  }

  async kill(): Promise<void> {
    process.kill(this.#nodeRed.pid, "SIGKILL");
    await this.#nodeRed.ended;
    this.camera.close();
  }

  async restart(): Promise<void> {
    this.#nodeRed = await startNodeRed({ userDir: this.world.userDir, port: this.port, ...chosenNodeRed() });
  }

  async stop(): Promise<void> {
    this.camera.close();
    await this.#nodeRed.stop();
    await this.world.stop();
    this.sink.close();
  }
}

function flowOf(workMs: number, url: string): { id: string; [name: string]: unknown }[] {
  const place = { z: "tab", x: 100, y: 100 };
  const func = 'return { ...msg, payload: { id: msg.payload.targets[0].plate, state: "pulse" } };';
  const delay = { pauseType: "delay", timeout: String(workMs), timeoutUnits: "milliseconds" };
  return [
    { id: "tab", type: "tab", label: "Events" },
    {
      ...{ id: "camera", type: "viewtron-webhook-in", ...place, path: "/viewtron", answer: "stored" },
      wires: [["out"]],
    },
    { id: "out", type: "events-out", ...place, wires: [[]] },
    { id: "in", type: "events-in", ...place, consumer: "work", wires: [["work"], []] },
    { id: "work", type: "delay", ...place, ...delay, wires: [["plate"]] },
    { id: "plate", type: "function", ...place, func, outputs: 1, wires: [["sink"]] },
    { id: "sink", type: "http request", ...place, method: "POST", ret: "txt", url, wires: [[]] },
    { id: "done", type: "complete", ...place, scope: ["sink"], wires: [["in"]] },
  ];
}
