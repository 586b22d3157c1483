import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { createHash } from "node:crypto";

/** The form of a request. */
export interface PostStyle {
  contentType?: string;
  /** `POST http://host:port/path`, as recorders write it. */
  absoluteForm?: boolean;
  /** Omit the header: recorders may, because the host is in the request line. */
  withoutHost?: boolean;
  httpVersion?: "1.0" | "1.1";
  chunked?: boolean;
  /** Send `Expect: 100-continue` before the body. */
  expectContinue?: boolean;
  /** Close after the response, as recorders do. */
  close?: boolean;
  /** Send the body in pieces of this size, with a pause after each. */
  slow?: { bytes: number; pauseMs: number };
  headers?: Record<string, string>;
  method?: string;
}

export interface CameraResponse {
  status: number;
  headers: Map<string, string>;
  body: string;
  /** Whether 100 Continue preceded the response. */
  continued: boolean;
}

export const cameraStyle: PostStyle = { contentType: "application/xml; charset=utf-8" };
export const recorderStyle: PostStyle = {
  contentType: "application/soap+xml; charset=utf-8",
  absoluteForm: true,
  close: true,
};

const SUCCESS =
  '<?xml version="1.0" encoding="UTF-8"?><config version="1.0" xmlns="http://www.ipc.com/ver10"><status>success</status></config>';

export interface CameraOptions {
  url: string;
  username?: string;
  password?: string;
  auth?: "none" | "basic" | "digest";
}

/**
 * Posts like a camera, byte for byte. It writes its requests itself, keeps its connection for the next one and waits
 * for each response before the next post. Only the response that cameras regard as success counts as delivery.
 */
export class ViewtronCamera {
  readonly #url: URL;
  readonly #options: CameraOptions;
  #socket: Socket | undefined;
  #received = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  /** Number of opened connections. */
  connections = 0;

  constructor(options: CameraOptions) {
    this.#url = new URL(options.url);
    this.#options = options;
  }

  /**
   * Posts and requires the response that a camera regards as success.
   *
   * @throws {Error} for any other response
   */
  async deliver(body: string | Buffer, style: PostStyle = cameraStyle): Promise<CameraResponse> {
    const response = await this.post(body, style);
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200) throw new Error(`response with status ${response.status}: ${response.body}`);
    if (!type.startsWith("application/xml")) throw new Error(`response of type ${type}`);
    if (response.body !== SUCCESS) throw new Error(`response ${response.body}`);
    return response;
  }

  /** Posts and returns the response. With credentials, Digest first requests a challenge. */
  async post(body: string | Buffer, style: PostStyle = cameraStyle): Promise<CameraResponse> {
    const { auth = "none", username = "", password = "" } = this.#options;
    if (auth === "basic") {
      const credentials = Buffer.from(`${username}:${password}`).toString("base64");
      return this.#exchange(body, style, `Basic ${credentials}`);
    }
    const response = await this.#exchange(body, style, undefined);
    const challenge = response.headers.get("www-authenticate") ?? "";
    if (auth !== "digest" || response.status !== 401 || !challenge.startsWith("Digest")) return response;
    return this.#exchange(body, style, this.#digest(challenge, style));
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #exchange(
    body: string | Buffer,
    style: PostStyle,
    authorization: string | undefined,
  ): Promise<CameraResponse> {
    const payload = typeof body === "string" ? Buffer.from(body) : body;
    const socket = await this.#connected();
    socket.write(this.#head(payload.length, style, authorization));
    let continued = false;
    if (style.expectContinue === true) {
      const interim = await this.#readHead();
      continued = interim.status === 100;
      if (!continued) return { ...interim, body: await this.#readBody(interim.headers), continued };
    }
    void this.#send(socket, payload, style);
    const { status, headers } = await this.#readHead();
    const text = await this.#readBody(headers);
    if (style.close === true || headers.get("connection") === "close") this.close();
    return { status, headers, body: text, continued };
  }

  #head(length: number, style: PostStyle, authorization: string | undefined): string {
    const { host, pathname } = this.#url;
    const { httpVersion = "1.1", method = "POST" } = style;
    const target = style.absoluteForm === true ? `http://${host}${pathname}` : pathname;
    const lines = [
      `${method} ${target} HTTP/${httpVersion}`,
      ...(style.withoutHost === true ? [] : [`Host: ${host}`]),
      style.chunked === true ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`,
      `Content-Type: ${style.contentType ?? "application/xml"}`,
      `Connection: ${style.close === true ? "close" : "keep-alive"}`,
      ...(style.expectContinue === true ? ["Expect: 100-continue"] : []),
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      ...Object.entries(style.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ];
    return `${lines.join("\r\n")}\r\n\r\n`;
  }

  async #send(socket: Socket, payload: Buffer, { chunked = false, slow }: PostStyle): Promise<void> {
    const step = slow?.bytes ?? (chunked ? 16 * 1024 : payload.length);
    for (let at = 0; at < payload.length; at += step) {
      if (socket.destroyed) return;
      const piece = payload.subarray(at, at + step);
      if (chunked) socket.write(`${piece.length.toString(16)}\r\n`);
      socket.write(piece);
      if (chunked) socket.write("\r\n");
      if (slow !== undefined) await new Promise((resolve) => setTimeout(resolve, slow.pauseMs));
    }
    if (chunked && !socket.destroyed) socket.write("0\r\n\r\n");
  }

  #digest(challenge: string, style: PostStyle): string {
    const { username = "", password = "" } = this.#options;
    const value = (name: string): string => new RegExp(`${name}="?([^",]+)`).exec(challenge)?.[1] ?? "";
    const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
    const [realm, nonce, uri, nc, cnonce] = [
      value("realm"),
      value("nonce"),
      this.#url.pathname,
      "00000001",
      "5f3a",
    ];
    const secret = md5(`${username}:${realm}:${password}`);
    const response = md5(
      `${secret}:${nonce}:${nc}:${cnonce}:auth:${md5(`${style.method ?? "POST"}:${uri}`)}`,
    );
    return `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"`;
  }

  async #connected(): Promise<Socket> {
    if (this.#socket?.writable === true) return this.#socket;
    const { protocol, hostname, port } = this.#url;
    const secure = protocol === "https:";
    const target = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (secure ? 443 : 80)) };
    // A camera cannot check a certificate.
    const socket = secure ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    socket.setNoDelay(true);
    this.#received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on("close", () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#wake();
    });
    await new Promise<void>((resolve, reject) => {
      socket.once(secure ? "secureConnect" : "connect", resolve);
      socket.once("error", reject);
    });
    // From here on, a lost connection shows in a missing response.
    socket.on("error", () => undefined);
    this.#socket = socket;
    this.connections += 1;
    return socket;
  }

  async #readHead(): Promise<Omit<CameraResponse, "body" | "continued">> {
    const end = await this.#until(() => {
      const found = this.#received.indexOf("\r\n\r\n");
      return found === -1 ? undefined : found;
    });
    const [first = "", ...lines] = this.#received.toString("latin1", 0, end).split("\r\n");
    this.#received = this.#received.subarray(end + 4);
    const headers = new Map<string, string>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).toLowerCase();
      // A camera only reads the first of several challenges.
      if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
    }
    return { status: Number(first.split(" ")[1]), headers };
  }

  async #readBody(headers: Map<string, string>): Promise<string> {
    const length = Number(headers.get("content-length") ?? 0);
    await this.#until(() => (this.#received.length >= length ? length : undefined));
    const body = this.#received.toString("utf8", 0, length);
    this.#received = this.#received.subarray(length);
    return body;
  }

  async #until<T>(ready: () => T | undefined): Promise<T> {
    for (;;) {
      const value = ready();
      if (value !== undefined) return value;
      if (this.#socket === undefined) throw new Error("the connection was closed without a response");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
