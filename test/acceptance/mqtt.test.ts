import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { jpeg } from "../servers/viewtron/jpeg";
import { defaultIdentity } from "../servers/viewtron/xml";
import { ViewtronCamera } from "../servers/viewtron-camera";
import { debianServer } from "../support/debian-server";
import { Mosquitto } from "../support/mosquitto";
import { MqttSubscriber, type MqttMessage } from "../support/mqtt-subscriber";
import { startWorld, type World } from "../support/world";

const example = path.resolve(__dirname, "../../examples/31 Intrusion at night to MQTT.json");
const NIGHT = "2026-05-04T23:30:00Z";
const NOON = "2026-05-04T12:00:00Z";
const overview = jpeg(20_000);

/** The example with MQTT as a user runs it: with a real broker, and another program that subscribes. */
describe("the example with MQTT and a real broker", function () {
  this.timeout(30_000);
  let broker: Mosquitto;
  let nodeRed: World;
  let subscriber: MqttSubscriber;
  const endings: (() => Promise<void>)[] = [];

  before(async function () {
    const server = await debianServer(this, "mosquitto");
    this.timeout(240_000);
    broker = await Mosquitto.begin(server);
    endings.push(() => broker.remove());
    nodeRed = await startWorld({
      flow: await exampleFor(broker.port),
      env: { TZ: "UTC" },
      settings: (written) => written.replace(/mqttReconnectTime: \d+/, "mqttReconnectTime: 200"),
    });
    endings.push(() => nodeRed.stop());
    await nodeRed.printed(/Connected to broker/);
  });
  beforeEach(async () => {
    subscriber = await MqttSubscriber.open(broker.url);
  });
  afterEach(() => subscriber.close());
  after(async () => {
    // A skipped suite has nothing to end.
    await Promise.all(endings.map((end) => end()));
  });

  /** Lets a camera report a person in a zone, with an image. */
  async function intrusion(time: string, name = "Yard"): Promise<void> {
    const posts = new IpcPosts({ ...defaultIdentity, name }, () => new Date(time));
    const camera = new ViewtronCamera({ url: `${nodeRed.origin}/viewtron` });
    const box = { x1: 1000, y1: 1000, x2: 3000, y2: 5000 };
    const eventId = (eventIds += 1);
    await camera.deliver(
      posts.perimeter({ by: "zone", eventId, targetId: eventId, targetType: "1", box, overview }),
    );
    camera.close();
  }
  let eventIds = 0;

  it("sends an intrusion at night as JSON without images, and the image as JPEG", async () => {
    await intrusion(NIGHT);
    const [event, picture] = await subscriber.take(2);
    const { type, device, images } = eventIn(event);
    assert.deepEqual([type, device.name, images], ["intrusion", "Yard", undefined]);
    assert.equal(event?.topic, "viewtron/Yard/1/intrusion");
    assert.equal(picture?.topic, "viewtron/Yard/1/intrusion/picture");
    assert.deepEqual(picture.payload, overview);
  });

  it("sends nothing in the day", async () => {
    await intrusion(NOON, "Day");
    await intrusion(NIGHT, "Night");
    const [first] = await subscriber.take(2);
    assert.equal(eventIn(first).device.name, "Night");
  });

  it("sends with QoS 1", async () => {
    await intrusion(NIGHT);
    const messages = await subscriber.take(2);
    assert.deepEqual(
      messages.map(({ qos }) => qos),
      [1, 1],
    );
  });

  it("leaves nothing at the broker for a later subscriber", async () => {
    await intrusion(NIGHT);
    await subscriber.take(2);
    const later = await MqttSubscriber.open(broker.url);
    try {
      await later.publish("end");
      assert.deepEqual((await later.take(1))[0]?.topic, "end");
    } finally {
      await later.close();
    }
  });

  it("sends to one topic that the broker accepts, whatever the name of the camera", async () => {
    await intrusion(NIGHT, "Gate #1/+ ä");
    const [event] = await subscriber.take(2);
    assert.equal(event?.topic, "viewtron/Gate _1__ ä/1/intrusion");
  });

  it("works again after the broker was killed and started again", async () => {
    await broker.kill();
    await nodeRed.printed(/Disconnected from broker/);
    await broker.start();
    await nodeRed.printed(/Disconnected from broker[^]*Connected to broker/);
    await subscriber.subscribed(2);
    await intrusion(NIGHT, "After");
    const [event, picture] = await subscriber.take(2);
    assert.equal(eventIn(event).device.name, "After");
    assert.deepEqual(picture?.payload, overview);
  });
});

/** Returns the example with the broker that a user enters. */
async function exampleFor(port: number): Promise<object[]> {
  const nodes = JSON.parse(await readFile(example, "utf8")) as { type: string }[];
  return nodes.map((node) =>
    node.type === "mqtt-broker" ? { ...node, broker: "127.0.0.1", port: String(port) } : node,
  );
}

function eventIn(message: MqttMessage | undefined): {
  type: string;
  device: { name?: string };
  images?: unknown;
} {
  return JSON.parse(message?.payload.toString() ?? "null") as ReturnType<typeof eventIn>;
}
