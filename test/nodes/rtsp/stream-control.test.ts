import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { readOptions } from "../../../nodes/kit/read-options";
import { streamNumber, streamOptions } from "../../../nodes/rtsp/options";
import { StreamControl, type ControlMessage } from "../../../nodes/rtsp/stream-control";
import { SurveillanceError } from "../../../src/core/errors";
import type { StreamSource } from "../../../src/rtsp/stream-url";

/** A stream whose process ends when a test calls `exit`. */
class Stream {
  running = false;
  closed = false;
  exit: () => void = () => undefined;
  #stopping: Promise<void> | undefined;
  constructor(readonly name: string) {}

  get statistics(): object {
    return { running: this.running };
  }
  start(): void {
    this.running = true;
  }
  stop(): Promise<void> {
    if (!this.running) return this.#stopping ?? Promise.resolve();
    this.running = false;
    this.#stopping = new Promise((resolve) => {
      this.exit = resolve;
    });
    return this.#stopping;
  }
  close(): Promise<void> {
    this.closed = true;
    return this.stop();
  }
}

describe("StreamControl", () => {
  let streams: Stream[];
  let acted: string[];
  /** Ends the action `fail`. */
  let fail: (error: Error) => void;
  let control: StreamControl<Stream>;

  function create(config: object = { source: "url", url: "rtsp://cam/a" }): void {
    streams = [];
    acted = [];
    const actions = {
      act: ({ name }: Stream): Promise<void> => {
        acted.push(name);
        return Promise.resolve();
      },
      fail: (): Promise<void> =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    };
    const options = readOptions({ ...streamOptions, channel: streamNumber(101) }, config);
    const parts = { RED: {} as NodeAPI, options, credentials: {}, status: () => undefined };
    const open = ({ name }: StreamSource): Stream => {
      const stream = new Stream(name);
      streams.push(stream);
      return stream;
    };
    control = new StreamControl(parts, open, actions);
  }
  const sendMessage = (msg: Omit<ControlMessage, "_msgid">): Promise<void> =>
    control.handle({ _msgid: "1", ...msg }, () => undefined);
  const running = (): string[] => streams.filter((stream) => stream.running).map(({ name }) => name);
  /** Ends all stopping processes, runs all pending callbacks, and waits for the messages. */
  async function settle(...messages: Promise<void>[]): Promise<void> {
    for (let turn = 0; turn < 5; turn++) {
      for (const { exit } of streams) exit();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(messages);
  }

  it("restarts the stream only after its process has exited", async () => {
    create();
    const restarted = sendMessage({ action: "restart" });
    assert.deepEqual(running(), []);
    await settle(restarted);
    assert.deepEqual(running(), ["cam/a"]);
  });

  it("stays stopped when the last message is a stop", async () => {
    create();
    await settle(sendMessage({ action: "restart" }), sendMessage({ action: "stop" }));
    assert.deepEqual(running(), []);
  });

  it("runs when the last message is a start", async () => {
    create();
    await settle(
      sendMessage({ action: "restart" }),
      sendMessage({ action: "stop" }),
      sendMessage({ action: "start" }),
    );
    assert.deepEqual(running(), ["cam/a"]);
  });

  it("runs only the stream of the last URL", async () => {
    create({ source: "msg" });
    await settle(sendMessage({ url: "rtsp://cam/a" }));
    await settle(sendMessage({ url: "rtsp://cam/b" }), sendMessage({ url: "rtsp://cam/c" }));
    assert.deepEqual(running(), ["cam/c"]);
    await settle(sendMessage({ url: "rtsp://cam/d" }), sendMessage({ action: "stop" }));
    assert.deepEqual(running(), []);
  });

  it("ignores an invalid message while an earlier message is pending", async () => {
    create({ source: "msg" });
    await settle(sendMessage({ url: "rtsp://cam/a" }));
    const started = sendMessage({ url: "rtsp://cam/b" });
    const invalid = sendMessage({ url: "http://cam/c" });
    await assert.rejects(invalid, { code: "CONFIG_INVALID" });
    await settle(started);
    assert.deepEqual(running(), ["cam/b"]);
  });

  it("runs an action only on the stream of its message", async () => {
    create({ source: "msg" });
    await settle(sendMessage({ url: "rtsp://cam/a" }));
    const actions = ["b", "c"].map((name) => sendMessage({ action: "act", url: `rtsp://cam/${name}` }));
    const first = assert.rejects(actions[0] ?? Promise.resolve(), { code: "CLOSED" });
    await settle(first, actions[1] ?? Promise.resolve());
    assert.deepEqual(acted, ["cam/c"]);
    const late = assert.rejects(sendMessage({ action: "act", url: "rtsp://cam/d" }), { code: "CLOSED" });
    await settle(sendMessage({ action: "stop" }), late);
    assert.deepEqual(acted, ["cam/c"]);
  });

  it("fails an action that its end interrupts, and one that comes later", async () => {
    create();
    const ended = new SurveillanceError("RTSP_FAILED", "The stream ended.");
    const interrupted = assert.rejects(sendMessage({ action: "fail" }), { code: "CLOSED", cause: ended });
    const closing = control.close();
    fail(ended);
    await settle(interrupted, closing);
    await assert.rejects(sendMessage({ action: "act" }), { code: "CLOSED" });
    assert.deepEqual(acted, []);
  });

  it("waits for the current and the replaced stream when it closes", async () => {
    create({ source: "msg" });
    await settle(sendMessage({ url: "rtsp://cam/a" }));
    const replaced = sendMessage({ url: "rtsp://cam/b" });
    let isClosed = false;
    const closing = control.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isClosed, false);
    const unfinished = assert.rejects(replaced, { code: "CLOSED" });
    await settle(unfinished, closing);
    assert.deepEqual([running(), streams.map(({ closed }) => closed)], [[], [true, true]]);
  });

  it("starts only streams of allowed hosts, and continues the current one otherwise", async () => {
    create({ source: "msg", allowedHosts: "192.0.2.0/24, *.cams.example" });
    await settle(sendMessage({ url: "rtsp://user:pass@192.0.2.10/a" }));
    const refused = [
      ...[
        "rtsp://198.51.100.1/a",
        "rtsp://192.0.2.10@198.51.100.1/a",
        "rtsp://a:192.0.2.10/b@evil.example/c",
      ],
      ...["rtsp://[::1]/a", "rtsp://169.254.169.254/latest", "rtsp://evil.example/192.0.2.10"],
      ...["rtsp://evil.example#@192.0.2.10.evil.example/a", "rtsps://evil.example:554/a"],
    ];
    for (const url of refused)
      await assert.rejects(sendMessage({ action: "restart", url }), { code: "HOST_NOT_ALLOWED" }, url);
    for (const url of [
      "file:///etc/passwd",
      "unix:///run/docker.sock",
      "http://192.0.2.10/",
      "rtsp://0x7f000001/a",
    ])
      await assert.rejects(sendMessage({ url }), { code: "CONFIG_INVALID" }, url);
    assert.deepEqual(running(), ["192.0.2.10/a"]);
    await settle(sendMessage({ url: "rtsp://gate.cams.example/b" }));
    assert.deepEqual(running().includes("gate.cams.example/b"), true);
  });

  it("names a wrong entry of the allowed hosts when it is deployed", () => {
    assert.throws(
      () => {
        create({ source: "msg", allowedHosts: "192.0.2.0/99" });
      },
      { code: "CONFIG_INVALID" },
    );
  });
});
