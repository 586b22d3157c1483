import { showError, type ShowStatus } from "../kit/status";

/** The messages that came since a node was last idle, for its status: how many of them were sent, and how the last ended. */
export class RequestBatch {
  readonly #show: ShowStatus;
  #taken = 0;
  #sent = 0;
  #ended = 0;

  constructor(show: ShowStatus) {
    this.#show = show;
  }

  /** Whether a message waits for its turn. */
  get isWaiting(): boolean {
    return this.#sent < this.#taken;
  }

  /** How far the batch is: what waits goes before what is under way. */
  show(): void {
    if (this.isWaiting) this.#show("busy", "sent", { n: this.#sent, total: this.#taken });
    else this.#show("busy", "requesting", { n: this.#taken - this.#ended });
  }

  /** A message that came in. Its `sent` may be told for each of its requests; the first one counts. */
  take(): { sent: () => void; succeeded: () => void; failed: (error: unknown) => void } {
    if (this.#ended === this.#taken) this.#taken = this.#sent = this.#ended = 0;
    this.#taken += 1;
    let started = performance.now();
    let isSent = false;
    const sent = (): void => {
      if (isSent) return;
      isSent = true;
      started = performance.now();
      this.#sent += 1;
      this.show();
    };
    const end = (): void => {
      if (!isSent) this.#sent += 1;
      isSent = true;
      this.#ended += 1;
    };
    return {
      sent,
      succeeded: () => {
        end();
        if (this.#ended < this.#taken) this.show();
        else this.#show("ok", "answered", { ms: Math.round(performance.now() - started) });
      },
      failed: (error) => {
        end();
        if (error === undefined) return;
        // In a batch, it is the number that tells; each error goes to the Catch node.
        if (this.isWaiting) this.show();
        else showError(this.#show, error);
      },
    };
  }
}
