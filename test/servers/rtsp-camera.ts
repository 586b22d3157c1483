import { EventEmitter, once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { loadClip, type Clip } from "./rtsp/clip";
import { LiveVideo, type LiveFrame } from "./rtsp/live-video";
import { textPayloads } from "./rtsp/rtp";
import { RtspAuth, type RtspAuthOptions } from "./rtsp/rtsp-auth";
import { RtspConnection } from "./rtsp/rtsp-connection";
import { tone } from "./rtsp/tone";
import { AUDIO_RATE, describeTrack, payloadTypeOf, type TrackFacts, type TrackName } from "./rtsp/tracks";

export interface RtspCameraOptions {
  /** An H.264 file without B frames in any container that ffmpeg reads, or an `.h265`. It plays in an endless loop. */
  video: string;
  ffmpeg: string;
  username?: string;
  password?: string;
  /** @default "digest" with user name and password, else "none" */
  auth?: RtspAuthOptions["scheme"];
  algorithm?: RtspAuthOptions["algorithm"];
  qop?: boolean;
  realm?: string;
  /** @default "/Streaming/Channels/101" */
  path?: string;
  transports?: ("tcp" | "udp")[];
  /** The tracks of the stream: video, a tone as G.711, XML documents (`sendMetadata`). @default ["video"] */
  tracks?: TrackName[];
  /** @default 107 */
  metadataPayloadType?: number;
  /** Whether the description contains the parameter sets, or only the stream. @default true */
  sprop?: boolean;
  /** The number of wrong logins that lock the camera for all users. @default never */
  lockAfter?: number;
  /** @default chosen by the system */
  port?: number;
}

/** A coded frame that left the camera. */
export interface SentFrame {
  index: number;
  /** The number of the frame in the clip, which `numberedClip` draws into the frame. */
  clipIndex: number;
  /** Epoch milliseconds with fractions */
  time: number;
}

interface CameraEvents {
  /** A request and the status of its response. */
  request: [method: string, status: number];
  sent: [SentFrame];
  connection: [];
  disconnection: [];
}

/** Starts a simulated camera on the loopback interface. */
export async function startRtspCamera(options: RtspCameraOptions): Promise<RtspCamera> {
  const camera = new RtspCamera(options, await loadClip(options.video, options.ffmpeg));
  await camera.open();
  return camera;
}

/** A strict RTSP camera: RFC 2326 over TCP, RTP interleaved or over UDP, Basic and Digest authentication. */
export class RtspCamera extends EventEmitter<CameraEvents> {
  readonly path: string;
  readonly transports: readonly ("tcp" | "udp")[];
  readonly tracks: readonly TrackName[];
  readonly auth: RtspAuth;
  /** The number of accepted TCP connections. */
  connections = 0;
  /** The number of requests with wrong credentials. */
  wrongLogins = 0;
  readonly #options: RtspCameraOptions;
  readonly #video: LiveVideo;
  readonly #clients = new Set<RtspConnection>();
  #server: Server | undefined;
  #port: number;
  #frozen = false;

  constructor(options: RtspCameraOptions, clip: Clip) {
    super();
    const {
      username = "",
      password = "",
      realm = "IP Camera(C2211)",
      algorithm = "MD5",
      qop = false,
    } = options;
    const scheme = options.auth ?? (username === "" ? "none" : "digest");
    this.#options = options;
    this.#port = options.port ?? 0;
    this.path = options.path ?? "/Streaming/Channels/101";
    this.transports = options.transports ?? ["tcp", "udp"];
    this.tracks = options.tracks ?? ["video"];
    this.auth = new RtspAuth({ scheme, username, password, realm, algorithm, qop });
    this.#video = new LiveVideo(clip, (frame) => {
      this.#send(frame);
    });
  }

  /** Without credentials */
  get url(): string {
    return `rtsp://127.0.0.1:${this.#port}${this.path}`;
  }

  get port(): number {
    return this.#port;
  }

  /** The number of playing clients. */
  get playing(): number {
    return [...this.#clients].filter((client) => client.playing).length;
  }

  payloadType(track: TrackName): number {
    return payloadTypeOf(track, this.#facts);
  }

  get #facts(): TrackFacts {
    const { sprop = true, metadataPayloadType = 107 } = this.#options;
    return { clip: this.#video.clip, sprop, metadataPayloadType };
  }

  get locked(): boolean {
    return this.wrongLogins >= (this.#options.lockAfter ?? Infinity);
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Starts to listen. After `close`, it uses the same port again. */
  async open(): Promise<void> {
    this.#frozen = false;
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#video.start();
  }

  /** Switches the camera off: closes all connections, and accepts none until `open`. */
  async close(): Promise<void> {
    this.#video.stop();
    for (const client of this.#clients) client.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.close();
    await once(server, "close");
  }

  /** Simulates a camera that hangs: it sends nothing, but keeps all connections open. */
  freeze(): void {
    this.#frozen = true;
    this.#video.stop();
    for (const client of this.#clients) client.pause();
  }

  thaw(): void {
    this.#frozen = false;
    this.#video.start();
    for (const client of this.#clients) client.resume();
  }

  /** Switches to another clip, like a camera with a new resolution. */
  async switchVideo(video: string): Promise<void> {
    this.#video.switchTo(await loadClip(video, this.#options.ffmpeg));
  }

  /** Sends a document to all clients that play the metadata track, in packets of the given size. */
  sendMetadata(document: string, packetSize?: number): void {
    const seconds = performance.now() / 1000;
    const payloads = textPayloads(document, packetSize);
    for (const { session } of this.#clients) session?.send("metadata", payloads, seconds);
  }

  /** Returns the stream description (RFC 2327). */
  describe(): string {
    return (
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=Media Presentation\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n" +
      this.tracks.map((track) => describeTrack(track, this.#facts)).join("")
    );
  }

  #accept(socket: Socket): void {
    this.connections++;
    const client = new RtspConnection(socket, this);
    this.#clients.add(client);
    if (this.#frozen) client.pause();
    socket.on("close", () => {
      this.#clients.delete(client);
      this.emit("disconnection");
    });
    this.emit("connection");
  }

  #send(frame: LiveFrame): void {
    const time = performance.timeOrigin + performance.now();
    const sample = (index: number): number => Math.round((index * AUDIO_RATE) / this.#video.clip.fps);
    const first = sample(frame.index);
    const sound = tone(first, sample(frame.index + 1) - first);
    for (const { session } of this.#clients) {
      session?.sendFrame(frame);
      session?.send("audio", [sound], first / AUDIO_RATE);
    }
    this.emit("sent", { index: frame.index, clipIndex: frame.clipIndex, time });
  }
}
