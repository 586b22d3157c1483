import { once, type EventEmitter } from "node:events";
import { createRequire } from "node:module";

interface Packet {
  qos: number;
  retain: boolean;
}

/** The part of MQTT.js that the tests use. */
interface Client extends EventEmitter {
  subscribeAsync(filter: string, options: { qos: number }): Promise<unknown>;
  publishAsync(topic: string, payload: string, options: { qos: number }): Promise<unknown>;
  endAsync(force: boolean): Promise<void>;
}

export interface MqttMessage extends Packet {
  topic: string;
  payload: Buffer;
}

/** Loads the MQTT.js of Node-RED's own nodes. */
function mqttOfNodeRed(): { connect(url: string, options: object): Client } {
  const nodeRed = createRequire(require.resolve("node-red/package.json"));
  const coreNodes = createRequire(nodeRed.resolve("@node-red/nodes/package.json"));
  return coreNodes("mqtt") as ReturnType<typeof mqttOfNodeRed>;
}

// Loaded before mocha notes the global variables: a dependency of MQTT.js adds one.
const mqtt = mqttOfNodeRed();

/** A client that subscribes to everything, with QoS 1. It connects again when the broker is back. */
export class MqttSubscriber {
  /** In the order of arrival. */
  readonly messages: MqttMessage[] = [];
  #subscriptions = 0;

  private constructor(readonly client: Client) {
    client.on("error", () => undefined);
    client.on("message", (topic: string, payload: Buffer, { qos, retain }: Packet) => {
      this.messages.push({ topic, payload, qos, retain });
    });
    client.on("connect", () => {
      void client.subscribeAsync("#", { qos: 1 }).then(
        () => {
          this.#subscriptions += 1;
          client.emit("subscribed");
        },
        () => undefined,
      );
    });
  }

  static async open(url: string): Promise<MqttSubscriber> {
    const subscriber = new MqttSubscriber(mqtt.connect(url, { reconnectPeriod: 100, resubscribe: false }));
    await subscriber.subscribed(1);
    return subscriber;
  }

  /** Waits until it has subscribed for the n-th time: after each restart of the broker once. */
  async subscribed(times: number): Promise<void> {
    while (this.#subscriptions < times) await once(this.client, "subscribed");
  }

  /** Waits until `count` messages have arrived, and takes them. */
  async take(count: number): Promise<MqttMessage[]> {
    while (this.messages.length < count) await once(this.client, "message");
    return this.messages.splice(0, count);
  }

  async publish(topic: string): Promise<void> {
    await this.client.publishAsync(topic, "", { qos: 1 });
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }
}
