import { EventEmitter, once } from "node:events";
import { createRequire } from "node:module";
import type { Node, NodeInitializer, NodeMessageInFlow } from "node-red";
import helper from "node-red-node-test-helper";
import "./wired-node";
import isapiAlertstreamIn from "../../nodes/isapi-alertstream-in/runtime";
import isapiConfig from "../../nodes/isapi-config/runtime";
import type { CommonEvent } from "../../src/events";
import { SimulatedDevice, type DeviceOptions } from "../servers/isapi-device";

export interface EventMessage extends NodeMessageInFlow {
  payload: CommonEvent;
  raw?: string;
}

const catchNode = createRequire(__filename)("@node-red/nodes/core/common/25-catch") as NodeInitializer;
const credentials = { dev: { username: "flow", password: "s3cret:pass" } };

/** An isapi-alertstream-in node in a flow, with its device. */
export class AlertStreamRig {
  device!: SimulatedDevice;
  readonly messages = new EventEmitter<{ message: [EventMessage]; caught: [NodeMessageInFlow] }>();
  #markers = 0;

  async deploy(
    config: object = {},
    options: Partial<DeviceOptions> = {},
    secrets: object = credentials,
    more: object[] = [],
  ): Promise<Node> {
    this.device = await SimulatedDevice.start(options);
    const opened = once(this.device, "stream");
    await helper.load(
      [isapiConfig, isapiAlertstreamIn, catchNode] as never,
      [
        { id: "tab", type: "tab" },
        { id: "dev", type: "isapi-config", name: "gate", url: this.device.url, timeout: "2" },
        { id: "in", z: "tab", type: "isapi-alertstream-in", device: "dev", wires: [["out"]], ...config },
        { id: "out", z: "tab", type: "helper" },
        { id: "catcher", z: "tab", type: "catch", scope: ["in"], wires: [["caught"]] },
        { id: "caught", z: "tab", type: "helper" },
        ...more,
      ] as never,
      secrets,
    );
    helper.getNode("out").on("input", (msg) => this.messages.emit("message", msg as EventMessage));
    helper.getNode("caught").on("input", (msg) => this.messages.emit("caught", msg));
    if (secrets === credentials && options.notifiesCenter !== false) await opened;
    return helper.getNode("in");
  }

  async end(): Promise<void> {
    this.messages.removeAllListeners();
    await helper.unload();
    await this.device.close();
  }

  readonly nextEvent = async (): Promise<EventMessage> =>
    (await once(this.messages, "message"))[0] as EventMessage;

  /** Returns the messages of `act`: all messages before that of a marker with its own type. */
  async collectUntilMarker(act: () => void, channelID = 1): Promise<EventMessage[]> {
    const got: EventMessage[] = [];
    const marker = `marker${(this.#markers += 1)}`;
    const { messages } = this;
    const done = new Promise<void>((resolve) => {
      messages.on("message", function collect(msg) {
        if (msg.payload.vendorType === marker) {
          messages.off("message", collect);
          resolve();
        } else if (!msg.payload.vendorType.toString().startsWith("marker")) got.push(msg);
      });
    });
    act();
    this.device.alert({ eventType: marker, channelID });
    await done;
    return got;
  }
}
