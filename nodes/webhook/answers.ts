import type { Node, NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/core/errors";
import type { WebhookListener } from "../../src/net/webhook/listener";
import { plainText } from "../../src/net/webhook/response";
import { WaitingPosts } from "../../src/net/webhook/waiting-posts";
import { notStored, sendAcknowledged } from "../kit/acknowledgement";
import { reportError } from "../kit/guard";
import type { OptionValues } from "../kit/option-kinds";
import type { endpointOptions } from "./options";

/** The posts of all nodes that wait: they share the memory. */
const waiting = new WaitingPosts();

/** Sends the events of posts, and waits until they are stored if the sender's response depends on it. */
export class Answers {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #waits: boolean;
  readonly #timeoutMs: number;
  readonly #onChange: () => void;
  #failure: Error | undefined;
  #reported = false;

  /** @param onChange called when {@link failure} changes */
  constructor(
    { RED, node }: { RED: NodeAPI; node: Node },
    { answer, ackTimeout }: Pick<OptionValues<typeof endpointOptions>, "answer" | "ackTimeout">,
    onChange: () => void,
  ) {
    this.#RED = RED;
    this.#node = node;
    this.#waits = answer === "stored";
    this.#timeoutMs = ackTimeout * 1000;
    this.#onChange = onChange;
  }

  /** The reason why the last event was not stored; undefined if it was. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Sends a message. Resolves when it is stored, if the sender waits for it.
   *
   * @throws {Error} it was not stored. A missing acknowledgement is reported once, until a message is stored. The node
   *   that could not store it reports other errors.
   */
  async send(msg: object): Promise<void> {
    try {
      await sendAcknowledged(this.#RED, this.#node, msg, {
        anywhere: this.#waits,
        timeoutMs: this.#timeoutMs,
      });
    } catch (thrown) {
      this.#fail(toError(thrown));
      throw thrown;
    }
    this.#reported = false;
    this.#change(undefined);
  }

  /**
   * Waits for the events of a post, but not longer than a sender waits for its response.
   *
   * @throws {SurveillanceError} EVENT_NOT_STORED
   */
  async inTime<Result>(stored: Promise<Result>): Promise<Result> {
    if (!this.#waits) return stored;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = notStored(this.#timeoutMs);
        this.#fail(error);
        reject(error);
      }, this.#timeoutMs);
      timer.unref();
    });
    return Promise.race([stored, late]).finally(() => {
      clearTimeout(timer);
    });
  }

  /** Returns the receiver of a listener, with a limit for the posts that wait. */
  limited(receive: WebhookListener["receive"]): WebhookListener["receive"] {
    if (!this.#waits) return receive;
    return async (post) => {
      const leave = waiting.enter(post.sender, post.body.length);
      return leave === undefined
        ? plainText(503, "too many posts wait until their events are stored")
        : receive(post).finally(leave);
    };
  }

  #fail(error: Error): void {
    if (error instanceof SurveillanceError && error.code === "EVENT_NOT_STORED" && !this.#reported) {
      this.#reported = true;
      reportError(this.#node, error);
    }
    this.#change(error);
  }

  #change(failure: Error | undefined): void {
    if (failure === this.#failure) return;
    this.#failure = failure;
    this.#onChange();
  }
}
