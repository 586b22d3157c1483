import assert from "node:assert/strict";
import { decodePost } from "../../../src/viewtron";
import { crop, overview, receivedAt } from "../viewtron/decoding";

/** The name of a device, as bytes, in a post that declares their encoding. */
const post = (encoding: string, name: Buffer, image = crop): Buffer =>
  Buffer.concat([
    Buffer.from(
      `<?xml version="1.0" encoding="${encoding}" ?>\n<config version="1.7"><smartType>MOTION</smartType><deviceName><![CDATA[`,
    ),
    name,
    Buffer.from(
      `]]></deviceName><sourceDataInfo><sourceBase64Data>${image.toString("base64")}</sourceBase64Data></sourceDataInfo></config>`,
    ),
  ]);
const nameOf = (body: Buffer): string | undefined =>
  decodePost(body, { sender: "192.0.2.99", receivedAt }).events[0]?.device.name;

describe("toUtf8, through decodePost", () => {
  // 东门 and Tür ß
  const chinese = Buffer.from([0xb6, 0xab, 0xc3, 0xc5]);
  const german = Buffer.from([0x54, 0xfc, 0x72, 0x20, 0xdf]);

  for (const encoding of ["GBK", "gb2312", "GB18030"]) {
    it(`reads ${encoding} if it is declared`, () => {
      assert.equal(nameOf(post(encoding, chinese)), "东门");
    });
  }
  for (const encoding of ["ISO-8859-1", "latin1", "windows-1252"]) {
    it(`reads ${encoding} if it is declared`, () => {
      assert.equal(nameOf(post(encoding, german)), "Tür ß");
    });
  }

  it("reads UTF-8 if it is declared, and if no or an unknown encoding is declared", () => {
    for (const encoding of ["UTF-8", "utf-8", "UTF-16", "x-unknown"])
      assert.equal(nameOf(post(encoding, Buffer.from("东门 ß"))), "东门 ß");
  });

  it("keeps images unchanged", () => {
    const [event] = decodePost(post("GBK", chinese, overview), { sender: "192.0.2.99", receivedAt }).events;
    assert.ok(event?.images[0]?.data?.equals(overview));
  });
});
