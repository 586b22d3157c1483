import { showError, type ShowStatus } from "../kit/status";

/**
 * Counts the messages since a node was last idle, for its status: how many of them were sent, and the result of the
 * last.
 */
export class RequestBatch {
  readonly #show: ShowStatus;
  #taken = 0;
  #sent = 0;
  #ended = 0;

  constructor(show: ShowStatus) {
    this.#show = show;
  }

  /** Tells whether a message waits for its turn. */
  get isWaiting(): boolean {
    return this.#sent < this.#taken;
  }

  /** Shows the progress of the batch. Waiting messages have priority over messages under way. */
  show(): void {
    if (this.isWaiting) this.#show("busy", "sent", { n: this.#sent, total: this.#taken });
    else this.#show("busy", "requesting", { n: this.#taken - this.#ended });
  }

  /** Adds an incoming message. Call `sent` for each of its requests; only the first call counts. */
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
        // In a batch, the status shows the number; the Catch node receives each error.
        if (this.isWaiting) this.show();
        else showError(this.#show, error);
      },
    };
  }
}
