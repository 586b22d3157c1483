import { cdata, defaultIdentity, NAMESPACE, PROLOG, type CameraIdentity } from "./xml";

/** One camera's state in a list of a recorder; some firmware (Provision's) also names the camera. */
export interface ChannelState {
  id?: number;
  on: boolean;
  name?: string;
}

/**
 * The alarm states of recorders that name no channel in their posts (older TVT, Provision): the number beside each
 * state is the camera's. The shapes come from public clients and were not seen on a device.
 */
export class OlderRecorderPosts {
  constructor(private readonly recorder: CameraIdentity = { ...defaultIdentity, name: "Recorder" }) {}

  /** A list: `<motionAlarm type="list"><itemType/><item id="9">true</item></motionAlarm>`. */
  alarmList(field: string, ...states: ChannelState[]): string {
    const items = states.map((state) => `<item${this.#attributes(state)}>${state.on}</item>`).join("");
    return this.#status(`<${field} type="list"><itemType type="boolean"/>${items}</${field}>`);
  }

  /** The same element for each camera: `<motionAlarm type="boolean" id="4">true</motionAlarm>`. */
  alarmRow(field: string, ...states: ChannelState[]): string {
    return this.#status(
      states
        .map((state) => `<${field} type="boolean"${this.#attributes(state)}>${state.on}</${field}>`)
        .join(""),
    );
  }

  #attributes({ id, name }: ChannelState): string {
    return (id === undefined ? "" : ` id="${id}"`) + (name === undefined ? "" : ` name="${name}"`);
  }

  #status(content: string): string {
    const { name, address, mac } = this.recorder;
    return `${PROLOG}
<config version="1.7" ${NAMESPACE}>
<alarmStatusInfo>${content}</alarmStatusInfo>
<dataTime>${cdata("2026-05-04 10:20:30")}</dataTime>
<deviceInfo><deviceName>${cdata(name)}</deviceName><deviceNo.>${cdata("1")}</deviceNo.><ipAddress>${cdata(address)}</ipAddress><macAddress>${cdata(mac)}</macAddress></deviceInfo>
</config>`;
  }
}
