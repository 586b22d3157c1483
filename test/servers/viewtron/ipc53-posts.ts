import { IpcPosts } from "./ipc-posts";
import { cdata, element, NAMESPACE } from "./xml";

/**
 * The posts of a camera with firmware 5.3.1: still version 1.7, but the misspelt list is spelt correctly, the root
 * names a channel, heartbeats have a message type and no prolog, and plates have more fields.
 */
export class Ipc53Posts extends IpcPosts {
  protected override readonly objectList = "openAlarmObj";

  override heartbeat(): string {
    const { name, address, mac } = this.camera;
    return `<config version="1.7" ${NAMESPACE}>
<messageType>keepalive</messageType>
<deviceInfo><deviceName>${cdata(name)}</deviceName><ip>${cdata(address)}</ip><mac>${cdata(mac)}</mac></deviceInfo>
</config>`;
  }

  override plate(options: {
    plate: string;
    listType?: string;
    direction?: string;
    /** Hundredths of a per cent */
    confidence?: number;
    overview?: Buffer;
    crop?: Buffer;
  }): string {
    const { plate, listType, direction = "approach", confidence = 9900, overview, crop } = options;
    const list = listType === undefined ? "" : element("vehicleListType", listType, "vehileMatchAlarmList");
    const corners = (left: number, top: number, right: number, bottom: number): string =>
      [
        ["leftTop", left, top],
        ["rightTop", right, top],
        ["leftBottom", left, bottom],
        ["rightBottom", right, bottom],
      ]
        .map(
          ([name, x, y]) =>
            `<${name}>${element("x", x as number, "uint32")}${element("y", y as number, "uint32")}</${name}>`,
        )
        .join("");
    const sizes = `${element("SourceImageWidth", 2688, "uint32")}${element("SourceImageHeight", 1520, "uint32")}`;
    return this.data(
      "VEHICE",
      `${element("plateCount", 1, "uint32")}
<listInfo type="list" count="2">
<item>${element("image", 0, "uint32")}${element("vehiceId", 0, "uint32")}<plateNumber type="string"></plateNumber>${sizes}${corners(0, 0, 0, 0)}<PlateConfidence type="uint32" count="0"/>${this.crop(overview, "")}</item>
<item>${element("image", 1, "uint32")}${element("vehiceId", 10, "uint32")}${element("plateNumber", plate, "string")}${element("vehicleDirect", direction, "vehicleDirectType")}${list}${sizes}${corners(7500, 2000, 8200, 2600)}<PlateConfidence type="uint32" count="${confidence}"/><plateColor type="uint32" count="3"/><carAttr>${element("color", "white", "vsdCarAttrColorType")}${element("type", "saloon car", "vsdCarAttrTypeType")}${element("brand", "Skoda", "vsdCarAttrBrandType")}${element("model", "Octavia", "vsdCarAttrModelType")}</carAttr><carRect>${element("x", 1344, "uint32")}${element("y", 760, "uint32")}${element("width", 672, "uint32")}${element("height", 380, "uint32")}</carRect>${this.crop(crop, "car")}</item>
</listInfo>`,
    );
  }

  protected override identity(): string {
    return `${super.identity()}${element("channelId", 1, "uint32")}`;
  }
}
