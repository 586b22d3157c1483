import { setTimeout } from "node:timers/promises";
import { jpeg } from "../servers/viewtron/jpeg";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { ViewtronCamera } from "../servers/viewtron-camera";
import type { SimulatedSite } from "../support/simulated-site";
import { MOTION } from "./flow";

const overview = jpeg(20_000);
/** Milliseconds between two events of one source. */
const PAUSE = 100;

/** Sends numbered events: HikCentral, a Viewtron camera that repeats what was not accepted, and an ISAPI camera. */
export class Senders {
  /** The numbers of the events that must be in the archive in the end. */
  readonly sent: string[] = [];
  readonly #site: SimulatedSite;
  readonly #url: string;
  readonly #running: Promise<unknown>;
  #goesOn = true;
  /** An ISAPI camera does not repeat: it is quiet while a fault may cut its connection. */
  #isQuiet = false;

  constructor(site: SimulatedSite, origin: string) {
    this.#site = site;
    this.#url = `${origin}/viewtron`;
    this.#running = Promise.all([this.#hikCentral(), this.#viewtron(), this.#isapi()]);
  }

  /** Stops the events of the ISAPI camera until {@link resume}. @returns those that were sent */
  pause(): string[] {
    this.#isQuiet = true;
    return this.sent.filter((number) => number.startsWith("I"));
  }

  resume(): void {
    this.#isQuiet = false;
  }

  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#running;
  }

  async #hikCentral(): Promise<void> {
    for (let count = 1; this.#goesOn; count += 1) {
      const eventId = `H${count}`;
      // The platform posts once. What does not arrive is fetched later.
      await this.#site.gateway.events.raise([{ eventType: MOTION, eventId, status: 0, srcIndex: "31" }]);
      this.sent.push(eventId);
      await setTimeout(PAUSE);
    }
  }

  async #viewtron(): Promise<void> {
    const posts = new IpcPosts();
    let camera = new ViewtronCamera({ url: this.#url });
    for (let count = 1; this.#goesOn; count += 1) {
      const plate = `V${count}`;
      // A camera repeats the same bytes. A post whose response was lost is stored once.
      const body = posts.plate({ plate, overview });
      while (!(await accepted(camera, body))) {
        camera.close();
        await setTimeout(PAUSE);
        camera = new ViewtronCamera({ url: this.#url });
      }
      this.sent.push(plate);
      await setTimeout(PAUSE);
    }
    camera.close();
  }

  async #isapi(): Promise<void> {
    const { device } = this.#site;
    for (let count = 1; this.#goesOn;) {
      if (device.streams > 0 && !this.#isQuiet) {
        const plate = `I${count}`;
        device.alert(
          { eventType: "ANPR", dateTime: new Date().toISOString() },
          `<ANPR><licensePlate>${plate}</licensePlate></ANPR>`,
        );
        this.sent.push(plate);
        count += 1;
      }
      await setTimeout(PAUSE);
    }
  }
}

function accepted(camera: ViewtronCamera, body: string): Promise<boolean> {
  return camera.deliver(body).then(
    () => true,
    () => false,
  );
}
