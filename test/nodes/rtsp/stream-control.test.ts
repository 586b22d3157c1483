import assert from "node:assert/strict";
import type { NodeAPI } from "node-red";
import { readOptions } from "../../../nodes/kit/read-options";
import { streamNumber, streamOptions } from "../../../nodes/rtsp/options";
import { StreamControl, type ControlMessage } from "../../../nodes/rtsp/stream-control";
import type { StreamSource } from "../../../src/rtsp/stream-url";

/** A stream whose process takes until `gone` to end. */
class Stream {
  running = false;
  closed = false;
  gone: () => void = () => undefined;
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
      this.gone = resolve;
    });
    return this.#stopping;
  }
  close(): Promise<void> {
    this.closed = true;
    return this.stop();
  }
}

describe("the control of a node's stream", () => {
  let streams: Stream[];
  let acted: string[];
  let control: StreamControl<Stream>;

  function create(config: object = { source: "url", url: "rtsp://cam/a" }): void {
    streams = [];
    acted = [];
    const actions = {
      act: ({ name }: Stream): Promise<void> => {
        acted.push(name);
        return Promise.resolve();
      },
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
  const tell = (msg: Omit<ControlMessage, "_msgid">): Promise<void> =>
    control.take({ _msgid: "1", ...msg }, () => undefined);
  const running = (): string[] => streams.filter((stream) => stream.running).map(({ name }) => name);
  /** Lets all that is ready happen, with every process that was told to end gone. */
  async function settle(...told: Promise<void>[]): Promise<void> {
    for (let turn = 0; turn < 5; turn++) {
      for (const { gone } of streams) gone();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(told);
  }

  it("starts the stream again when it is gone, not before", async () => {
    create();
    const told = tell({ action: "restart" });
    assert.deepEqual(running(), []);
    await settle(told);
    assert.deepEqual(running(), ["cam/a"]);
  });

  it("leaves the last word to the last message: a stop", async () => {
    create();
    await settle(tell({ action: "restart" }), tell({ action: "stop" }));
    assert.deepEqual(running(), []);
  });

  it("leaves the last word to the last message: a start", async () => {
    create();
    await settle(tell({ action: "restart" }), tell({ action: "stop" }), tell({ action: "start" }));
    assert.deepEqual(running(), ["cam/a"]);
  });

  it("runs one stream at a time, that of the last URL", async () => {
    create({ source: "msg" });
    await settle(tell({ url: "rtsp://cam/a" }));
    await settle(tell({ url: "rtsp://cam/b" }), tell({ url: "rtsp://cam/c" }));
    assert.deepEqual(running(), ["cam/c"]);
    await settle(tell({ url: "rtsp://cam/d" }), tell({ action: "stop" }));
    assert.deepEqual(running(), []);
  });

  it("does not let a message that cannot be meant undo one before it", async () => {
    create({ source: "msg" });
    await settle(tell({ url: "rtsp://cam/a" }));
    const started = tell({ url: "rtsp://cam/b" });
    const nonsense = tell({ url: "http://cam/c" });
    await assert.rejects(nonsense, { code: "CONFIG_INVALID" });
    await settle(started);
    assert.deepEqual(running(), ["cam/b"]);
  });

  it("has an action done with the stream that was asked for, or not at all", async () => {
    create({ source: "msg" });
    await settle(tell({ url: "rtsp://cam/a" }));
    const told = ["b", "c"].map((name) => tell({ action: "act", url: `rtsp://cam/${name}` }));
    const first = assert.rejects(told[0] ?? Promise.resolve(), { code: "CLOSED" });
    await settle(first, told[1] ?? Promise.resolve());
    assert.deepEqual(acted, ["cam/c"]);
    const late = assert.rejects(tell({ action: "act", url: "rtsp://cam/d" }), { code: "CLOSED" });
    await settle(tell({ action: "stop" }), late);
    assert.deepEqual(acted, ["cam/c"]);
  });

  it("closes with the stream and with the one it has just taken the place of", async () => {
    create({ source: "msg" });
    await settle(tell({ url: "rtsp://cam/a" }));
    const told = tell({ url: "rtsp://cam/b" });
    let isClosed = false;
    const closing = control.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isClosed, false);
    await settle(told, closing);
    assert.deepEqual([running(), streams.map(({ closed }) => closed)], [[], [true, true]]);
  });
});
