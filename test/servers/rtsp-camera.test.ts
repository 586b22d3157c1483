import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { provideFfmpeg } from "../../tools/ffmpeg";
import { numberedClip } from "../support/clips";
import { startRtspCamera, type RtspCamera, type RtspCameraOptions } from "./rtsp-camera";

interface ReceivedResponse {
  status: number;
  headers: Partial<Record<string, string>>;
  body: string;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

interface Frame {
  channel: number;
  packet: Buffer;
}

/** A client that can also send invalid RTSP. Responses and interleaved packets may arrive in any pieces. */
class Client {
  readonly socket: Socket;
  readonly #frames: Frame[] = [];
  #pending = Buffer.alloc(0);
  #cseq = 0;

  constructor(readonly camera: RtspCamera) {
    this.socket = connect(camera.port, "127.0.0.1");
    this.socket.on("data", (chunk) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
    });
  }

  async request(
    method: string,
    headers: Record<string, string | undefined> = {},
    path = "",
    version = "RTSP/1.0",
  ): Promise<ReceivedResponse> {
    const all = { CSeq: ++this.#cseq, ...headers };
    const lines = Object.entries<string | number | undefined>(all).map(([name, value]) =>
      value === undefined ? "" : `${name}: ${value}\r\n`,
    );
    this.socket.write(`${method} ${this.camera.url}${path} ${version}\r\n${lines.join("")}\r\n`);
    for (;;) {
      this.#readFrames();
      const response = this.#readResponse();
      if (response !== undefined) return response;
      await once(this.socket, "data");
    }
  }

  /** Waits for the next interleaved packet. */
  async frame(): Promise<Frame> {
    for (;;) {
      this.#readFrames();
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      await once(this.socket, "data");
    }
  }

  #readFrames(): void {
    while (this.#pending[0] === 0x24 && this.#pending.length >= 4) {
      const end = 4 + this.#pending.readUInt16BE(2);
      if (this.#pending.length < end) return;
      this.#frames.push({ channel: this.#pending[1] ?? 0, packet: this.#pending.subarray(4, end) });
      this.#pending = this.#pending.subarray(end);
    }
  }

  #readResponse(): ReceivedResponse | undefined {
    const end = this.#pending.indexOf("\r\n\r\n");
    if (this.#pending[0] === 0x24 || end < 0) return undefined;
    const [first = "", ...rest] = this.#pending.toString("latin1", 0, end).split("\r\n");
    const pairs = rest.map((line) => [line.split(":")[0]?.toLowerCase(), line.replace(/^[^:]*: */, "")]);
    const headers = Object.fromEntries(pairs) as ReceivedResponse["headers"];
    const length = end + 4 + Number(headers["content-length"] ?? 0);
    if (this.#pending.length < length) return undefined;
    const body = this.#pending.toString("latin1", end + 4, length);
    this.#pending = this.#pending.subarray(length);
    return { status: Number(/^RTSP\/1\.0 (\d{3}) /.exec(first)?.[1]), headers, body };
  }

  async setUp(transport = "RTP/AVP/TCP;unicast;interleaved=0-1"): Promise<string> {
    const { status, headers } = await this.request("SETUP", { Transport: transport }, "/trackID=1");
    assert.equal(status, 200);
    return headers.session?.split(";")[0] ?? "";
  }
}

describe("the simulated RTSP camera", () => {
  let ffmpeg: string;
  let video: string;
  let camera: RtspCamera;
  let client: Client;
  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    video = await numberedClip(ffmpeg, { width: 320, height: 240, keyframeInterval: 5 });
  });
  afterEach(async () => {
    client.socket.destroy();
    await camera.close();
  });

  async function start(options: Partial<RtspCameraOptions> = {}): Promise<void> {
    camera = await startRtspCamera({ video, ffmpeg, ...options });
    client = new Client(camera);
    await once(client.socket, "connect");
  }

  function digest(
    challenge: string,
    change: Partial<Record<"username" | "password" | "uri", string>> = {},
  ): string {
    const { username = "root", password = "secret", uri = camera.url } = change;
    const realm = /realm="([^"]*)"/.exec(challenge)?.[1] ?? "";
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? "";
    const response = md5(`${md5(`${username}:${realm}:${password}`)}:${nonce}:${md5(`DESCRIBE:${uri}`)}`);
    return `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`;
  }

  it("describes H.264 with its parameter sets", async () => {
    await start();
    const { status, headers, body } = await client.request("DESCRIBE", { Accept: "application/sdp" });
    assert.equal(status, 200);
    assert.equal(headers["content-base"], `${camera.url}/`);
    assert.equal(Number(headers["content-length"]), body.length);
    assert.match(body, /a=rtpmap:96 H264\/90000\r\na=fmtp:96 .*sprop-parameter-sets=\S+,\S+\r\n/);
  });

  it("accepts Digest only with the correct user, password and URI", async () => {
    await start({ username: "root", password: "secret" });
    const { status, headers } = await client.request("DESCRIBE");
    assert.equal(status, 401);
    const challenge = headers["www-authenticate"] ?? "";
    const withLogin = async (change?: object): Promise<number> =>
      (await client.request("DESCRIBE", { Authorization: digest(challenge, change) })).status;
    for (const wrong of [{ username: "x" }, { password: "x" }, { uri: "rtsp://other/" }])
      assert.equal(await withLogin(wrong), 401);
    assert.equal(camera.wrongLogins, 3);
    assert.equal(await withLogin(), 200);
    camera.auth.expire();
    const stale = await client.request("DESCRIBE", { Authorization: digest(challenge) });
    assert.match(stale.headers["www-authenticate"] ?? "", /stale=TRUE/);
    assert.equal(camera.wrongLogins, 3);
  });

  it("rejects even a correct login after too many wrong ones", async () => {
    await start({ username: "root", password: "secret", auth: "basic", lockAfter: 2 });
    const login = async (password: string): Promise<number> => {
      const basic = Buffer.from(`root:${password}`).toString("base64");
      return (await client.request("DESCRIBE", { Authorization: `Basic ${basic}` })).status;
    };
    assert.equal(await login("secret"), 200);
    assert.equal(await login("a"), 401);
    assert.equal(await login("b"), 401);
    assert.equal(await login("secret"), 401);
    assert.ok(camera.locked);
  });

  it("rejects unknown requests and requests out of order", async () => {
    await start({ transports: ["tcp"] });
    const status = async (...args: Parameters<Client["request"]>): Promise<number> =>
      (await client.request(...args)).status;
    const tcp = { Transport: "RTP/AVP/TCP;unicast;interleaved=0-1" };
    assert.equal(await status("PLAY"), 455);
    assert.equal(await status("SETUP", tcp), 459);
    assert.equal(await status("SETUP", tcp, "/trackID=9"), 404);
    assert.equal(
      await status("SETUP", { Transport: "RTP/AVP;unicast;client_port=5000-5001" }, "/trackID=1"),
      461,
    );
    assert.equal(await status("SETUP", { Transport: "RTP/AVP;multicast" }, "/trackID=1"), 461);
    assert.equal(await status("DESCRIBE", {}, "/other"), 404);
    assert.equal(await status("DESCRIBE", { Accept: "text/plain" }), 406);
    assert.equal(await status("RECORD"), 501);
    assert.equal(await status("OPTIONS", { Require: "x" }), 551);
    assert.equal(await status("OPTIONS", { CSeq: undefined }), 400);
    assert.equal(await status("OPTIONS", {}, "", "RTSP/2.0"), 505);
    await client.setUp();
    assert.equal(await status("PLAY", { Session: "wrong" }), 454);
    assert.equal(await status("PLAY"), 454);
    assert.equal(camera.playing, 0);
  });

  it("plays from a keyframe with its parameter sets until TEARDOWN", async () => {
    await start();
    const session = await client.setUp();
    assert.equal((await client.request("PLAY", { Session: session })).status, 200);
    const types: number[] = [];
    while (types.length < 3) {
      const { channel, packet } = await client.frame();
      // RTCP is on channel 1.
      if (channel === 0) types.push((packet[12] ?? 0) & 0x1f);
    }
    assert.deepEqual(types.slice(0, 2), [7, 8]);
    assert.equal((await client.request("GET_PARAMETER", { Session: session })).status, 200);
    assert.equal((await client.request("TEARDOWN", { Session: session })).status, 200);
    assert.equal(camera.playing, 0);
  });

  it("sends sound and metadata on separate tracks with their payload types and clocks", async () => {
    await start({ tracks: ["video", "audio", "metadata"], metadataPayloadType: 112 });
    const { body } = await client.request("DESCRIBE", { Accept: "application/sdp" });
    assert.match(body, /m=audio 0 RTP\/AVP 0\r\n/);
    assert.match(body, /m=application 0 RTP\/AVP 112\r\na=rtpmap:112 isapi\.metadata\/90000\r\n/);
    const transport = (first: number): string => `RTP/AVP/TCP;unicast;interleaved=${first}-${first + 1}`;
    const { headers } = await client.request("SETUP", { Transport: transport(0) }, "/trackID=2");
    const session = headers.session?.split(";")[0] ?? "";
    const second = await client.request("SETUP", { Transport: transport(2), Session: session }, "/trackID=3");
    assert.equal(second.headers.session?.split(";")[0], session);
    await client.request("PLAY", { Session: session });
    camera.sendMetadata("<Metadata>0123456789</Metadata>", 16);
    const found = { sound: 0, text: "", marks: [] as boolean[] };
    while (found.sound === 0 || !found.text.endsWith("</Metadata>")) {
      const { channel, packet } = await client.frame();
      const type = (packet[1] ?? 0) & 0x7f;
      if (channel === 0 && type === 0) found.sound += packet.length - 12;
      if (channel !== 2) continue;
      assert.equal(type, 112);
      found.text += packet.subarray(12).toString();
      found.marks.push(((packet[1] ?? 0) & 0x80) !== 0);
    }
    assert.equal(found.text, "<Metadata>0123456789</Metadata>");
    assert.deepEqual(found.marks, [false, true]);
  });

  it("sends over UDP with consecutive sequence numbers, and reports its clock", async () => {
    await start();
    const [rtp, rtcp] = [dgram.createSocket("udp4"), dgram.createSocket("udp4")];
    try {
      for (const socket of [rtp, rtcp]) {
        socket.bind(0, "127.0.0.1");
        await once(socket, "listening");
      }
      const ports = `${rtp.address().port}-${rtcp.address().port}`;
      const session = await client.setUp(`RTP/AVP;unicast;client_port=${ports}`);
      const report = once(rtcp, "message");
      await client.request("PLAY", { Session: session });
      const sequence: number[] = [];
      while (sequence.length < 5) {
        const [packet] = (await once(rtp, "message")) as [Buffer];
        sequence.push(packet.readUInt16BE(2));
      }
      const first = sequence[0] ?? 0;
      assert.deepEqual(
        sequence.map((number) => (number - first + 65536) % 65536),
        [0, 1, 2, 3, 4],
      );
      const [sender] = (await report) as [Buffer];
      assert.equal(sender[1], 200);
      const seconds = sender.readUInt32BE(8) - 2_208_988_800;
      assert.ok(Math.abs(seconds - Date.now() / 1000) < 5);
    } finally {
      rtp.close();
      rtcp.close();
    }
  });

  it("sends nothing while it is frozen, and continues afterwards", async () => {
    await start();
    camera.freeze();
    let responded = false;
    const response = client.request("OPTIONS").then(() => {
      responded = true;
    });
    // The second connection is accepted, so the request on the first connection has arrived.
    const other = connect(camera.port, "127.0.0.1");
    await once(other, "connect");
    other.destroy();
    assert.equal(responded, false);
    camera.thaw();
    await response;
  });

  it("rejects a clip with B frames, which cameras do not send", async () => {
    await start();
    const clip = await numberedClip(ffmpeg, { width: 320, height: 240, seconds: 1, bFrames: 2 });
    await assert.rejects(startRtspCamera({ video: clip, ffmpeg }), /B frames/);
  });
});
