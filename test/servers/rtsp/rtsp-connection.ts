import type { Socket } from "node:net";
import type { RtspCamera } from "../rtsp-camera";
import { formatResponse, RtspParser, type RtspResponse, type RtspRequest } from "./rtsp-message";
import { RtspSession } from "./rtsp-session";
import { openTransport } from "./rtsp-transport";
import { controlOf, type TrackName } from "./tracks";

const METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER";
/** The simulator closes a silent connection after this time. SETUP reports it, so clients send keep-alives. */
const SESSION_TIMEOUT_S = 60;

/** The connection of one client: its requests in order, and its session. */
export class RtspConnection {
  readonly #socket: Socket;
  readonly #camera: RtspCamera;
  readonly #parser = new RtspParser();
  #session: RtspSession | undefined;
  #responses: Promise<void> = Promise.resolve();

  constructor(socket: Socket, camera: RtspCamera) {
    this.#socket = socket;
    this.#camera = camera;
    socket.setNoDelay(true);
    // Any byte is a sign of life: a request, or RTCP on this connection.
    socket.setTimeout(SESSION_TIMEOUT_S * 1000, () => socket.destroy());
    socket.on("data", (chunk) => {
      this.#read(chunk);
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#session?.close());
  }

  get playing(): boolean {
    return this.#session?.playing ?? false;
  }

  /** The session of the client, even before it plays. */
  get session(): RtspSession | undefined {
    return this.#session;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      for (const item of this.#parser.push(chunk)) {
        if (item === "interleaved") continue;
        this.#responses = this.#responses.then(() => this.#respond(item));
      }
    } catch {
      this.#socket.destroy();
    }
  }

  async #respond(request: RtspRequest): Promise<void> {
    const response = await this.#handle(request);
    if (this.#socket.destroyed) return;
    this.#socket.write(formatResponse(response, request.headers.cseq));
    // After the response: otherwise frames would overtake it on the same connection.
    if (request.method === "PLAY" && response.status === 200 && this.#session !== undefined)
      this.#session.playing = true;
    this.#camera.emit("request", request.method, response.status);
  }

  async #handle(request: RtspRequest): Promise<RtspResponse> {
    const { method, version, headers } = request;
    if (version !== "RTSP/1.0") return { status: 505 };
    if (!/^\d+$/.test(headers.cseq ?? "")) return { status: 400 };
    if (headers.require !== undefined) return { status: 551, headers: { Unsupported: headers.require } };
    switch (method) {
      case "OPTIONS":
        return { status: 200, headers: { Public: METHODS } };
      case "DESCRIBE":
        return this.#authorised(request) ?? this.#describe(request);
      case "SETUP":
        return this.#authorised(request) ?? (await this.#setup(request));
      case "PLAY":
        return this.#authorised(request) ?? this.#play(request);
      case "GET_PARAMETER":
        return this.#authorised(request) ?? this.#wrongSession(request) ?? { status: 200 };
      case "TEARDOWN":
        return this.#authorised(request) ?? this.#teardown(request);
      default:
        return { status: 501, headers: { Allow: METHODS } };
    }
  }

  #authorised({ method, uri, headers }: RtspRequest): RtspResponse | undefined {
    const camera = this.#camera;
    const result = camera.auth.check(headers.authorization, method, uri);
    if (result === "refused") camera.wrongLogins++;
    if (result === "granted" && !camera.locked) return undefined;
    return { status: 401, headers: { "WWW-Authenticate": camera.auth.challenge(result === "stale") } };
  }

  #describe({ uri, headers }: RtspRequest): RtspResponse {
    if (pathOf(uri) !== this.#camera.path) return { status: 404 };
    if (!/application\/sdp|\*\/\*/.test(headers.accept ?? "*/*")) return { status: 406 };
    return {
      status: 200,
      headers: { "Content-Base": `${uri.replace(/\/$/, "")}/`, "Content-Type": "application/sdp" },
      body: this.#camera.describe(),
    };
  }

  async #setup(request: RtspRequest): Promise<RtspResponse> {
    const { uri, headers } = request;
    if (pathOf(uri) === this.#camera.path) return { status: 459 };
    const track = this.#trackOf(pathOf(uri));
    if (track === undefined) return { status: 404 };
    if (headers.session !== undefined) {
      const wrong = this.#wrongSession(request);
      if (wrong !== undefined) return wrong;
    }
    if (this.playing) return { status: 455 };
    const transport = await openTransport(
      headers.transport ?? "",
      this.#socket,
      this.#camera.transports,
      () => this.#socket.setTimeout(SESSION_TIMEOUT_S * 1000),
    );
    if (transport === undefined) return { status: 461 };
    // A request without a session ID begins a new session.
    if (headers.session === undefined) this.#session?.close();
    if (headers.session === undefined || this.#session === undefined) this.#session = new RtspSession();
    const session = this.#session;
    const { sender } = session.setUp(track, transport, this.#camera.payloadType(track));
    if (this.#socket.destroyed) session.close();
    const ssrc = sender.ssrc.toString(16).toUpperCase().padStart(8, "0");
    return {
      status: 200,
      headers: {
        Transport: `${transport.description};ssrc=${ssrc};mode="play"`,
        Session: `${session.id};timeout=${SESSION_TIMEOUT_S}`,
      },
    };
  }

  #trackOf(path: string): TrackName | undefined {
    return this.#camera.tracks.find((track) => path === `${this.#camera.path}/${controlOf(track)}`);
  }

  #play(request: RtspRequest): RtspResponse {
    if (this.#session === undefined) return { status: 455 };
    const wrong = this.#wrongSession(request);
    if (wrong !== undefined) return wrong;
    if (pathOf(request.uri) !== this.#camera.path) return { status: 404 };
    const base = request.uri.replace(/\/$/, "");
    const tracks = [...this.#session.tracks].map(
      ([track, { sender }]) => `url=${base}/${controlOf(track)};seq=${sender.sequence}`,
    );
    return {
      status: 200,
      headers: { Session: this.#session.id, Range: "npt=now-", "RTP-Info": tracks.join(",") },
    };
  }

  #teardown(request: RtspRequest): RtspResponse {
    const wrong = this.#wrongSession(request);
    if (wrong !== undefined) return wrong;
    this.#session?.close();
    this.#session = undefined;
    return { status: 200 };
  }

  #wrongSession({ headers }: RtspRequest): RtspResponse | undefined {
    const given = headers.session?.split(";")[0];
    return this.#session === undefined || given !== this.#session.id ? { status: 454 } : undefined;
  }
}

/** Returns the path of an absolute RTSP URI, without the last slash of aggregate URIs. */
function pathOf(uri: string): string {
  return /^rtsp:\/\/[^/]+(\/.*?)\/?$/.exec(uri)?.[1] ?? "";
}
