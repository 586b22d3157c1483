import type { ServerResponse } from "node:http";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { SimulatedResponse, SeenRequest, SimulatedDevice } from "../isapi-device";
import { NAMESPACE } from "./documents";
import { ok, refuse, xml } from "./responses";

export interface SpeakerOptions {
  codec: string;
  /** Responds to `open` with a session, and accepts sound only with its id. */
  sessions: boolean;
  /** Another client uses the channel. */
  busy: boolean;
  /** Breaks the connection after this number of bytes of sound. */
  breakAfter: number;
}

/** A loudspeaker with its settings and the sound that it has received. */
export interface Speaker extends SpeakerOptions {
  open: boolean;
  volume: string;
  heard: Buffer;
  /** Resolves when this number of bytes has arrived. */
  untilHeard(bytes: number): Promise<void>;
  /** Resolves when no audio connection is open. */
  untilGone(): Promise<void>;
}

const ROOT = "/ISAPI/System/TwoWayAudio/channels";

/** Adds two-way audio with one channel to a simulated device. Source: ISAPI guide. */
export function addSpeaker(device: SimulatedDevice, options: Partial<SpeakerOptions> = {}): Speaker {
  let session = 0;
  const waiting = new Set<() => void>();
  const talking = new Set<Socket>();
  const speaker: Speaker = {
    codec: "G.711ulaw",
    sessions: true,
    busy: false,
    breakAfter: Number.POSITIVE_INFINITY,
    open: false,
    volume: "50",
    heard: Buffer.alloc(0),
    untilHeard: (bytes) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (speaker.heard.length < bytes) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    untilGone: async () => {
      while (talking.size > 0) await Promise.all([...talking].map((socket) => once(socket, "close")));
    },
    ...options,
  };
  const document = (): string =>
    `<TwoWayAudioChannel ${NAMESPACE}><id>1</id><enabled>true</enabled><audioCompressionType>${speaker.codec}` +
    `</audioCompressionType><speakerVolume>${speaker.volume}</speakerVolume><noisereduce>true</noisereduce></TwoWayAudioChannel>`;
  const only =
    (method: string, handle: (request: SeenRequest) => SimulatedResponse) =>
    (request: SeenRequest): SimulatedResponse =>
      request.method === method ? handle(request) : refuse(request.url, 405, 4, "methodNotAllowed");

  const listen = (response: ServerResponse): void => {
    const { socket } = response;
    if (socket === null) return;
    talking.add(socket);
    socket.once("close", () => talking.delete(socket));
    response.once("finish", () => {
      // The following bytes are not HTTP.
      socket.removeAllListeners("data").setTimeout(0);
      socket.on("data", (chunk: Buffer) => {
        speaker.heard = Buffer.concat([speaker.heard, chunk]);
        for (const check of [...waiting]) check();
        if (speaker.heard.length >= speaker.breakAfter) socket.destroy();
      });
    });
    response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": 0 }).end();
  };

  device.handlers.set(
    ROOT,
    only("GET", () => xml(`<TwoWayAudioChannelList ${NAMESPACE}>${document()}</TwoWayAudioChannelList>`)),
  );
  device.handlers.set(`${ROOT}/1`, (request) => {
    if (request.method === "GET") return xml(document());
    const volume = /<speakerVolume>(\d{1,3})<\/speakerVolume>/.exec(request.body)?.[1];
    const whole = ["<id>1</id>", `<audioCompressionType>${speaker.codec}<`, "<noisereduce>true<"];
    const fits = whole.every((part) => request.body.includes(part)) && volume !== undefined;
    if (request.method !== "PUT" || !fits || Number(volume) > 100) {
      return refuse(request.url, 400, 6, "badXmlContent");
    }
    speaker.volume = volume;
    return ok(request.url);
  });
  device.handlers.set(
    `${ROOT}/1/open`,
    only("PUT", ({ url }) => {
      if (speaker.busy || speaker.open) return refuse(url, 403, 4, "twoWayAudioChannelInUse");
      speaker.open = true;
      session += 1;
      return speaker.sessions
        ? xml(`<TwoWayAudioSession ${NAMESPACE}><sessionId>s${session}</sessionId></TwoWayAudioSession>`)
        : ok(url);
    }),
  );
  device.handlers.set(
    `${ROOT}/1/close`,
    only("PUT", ({ url }) => {
      if (!speaker.open && !speaker.busy) return refuse(url, 403, 4, "invalidOperation");
      speaker.open = false;
      speaker.busy = false;
      return ok(url);
    }),
  );
  device.handlers.set(
    `${ROOT}/1/audioData`,
    only("PUT", ({ url, body }) => {
      const id = new URLSearchParams(url.split("?")[1]).get("sessionId");
      const known = speaker.open && id === (speaker.sessions ? `s${session}` : null);
      return known && body === ""
        ? { status: 200, respond: listen }
        : refuse(url, 403, 4, "invalidOperation");
    }),
  );
  return speaker;
}
