import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { EventEmitter, once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { TcpSender, type TcpSenderOptions } from "../../../../src/hcp/alarms/tcp-sender";
import { UdpSender } from "../../../../src/hcp/alarms/udp-sender";
import { unacknowledgedBytes } from "../../../../src/net/unacknowledged";
import { seededRandom } from "../../../support/seeded-random";

const host = "127.0.0.1";

/** A receiver that stores the received data per connection. */
class Receiver extends EventEmitter<{ connection: [Socket]; data: [] }> {
  readonly received: string[] = [];
  readonly sockets: Socket[] = [];
  server: Server | undefined;
  port = 0;

  async listen(port = 0): Promise<void> {
    this.server = createServer((socket) => {
      const index = this.sockets.push(socket) - 1;
      this.received[index] = "";
      socket.on("error", () => socket.destroy());
      socket.on("data", (chunk) => {
        this.received[index] = (this.received[index] ?? "") + chunk.toString("utf8");
        this.emit("data");
      });
      this.emit("connection", socket);
    }).listen(port, host);
    await once(this.server, "listening");
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.server?.listening !== true) return;
    const closed = once(this.server, "close");
    this.server.close();
    await closed;
  }

  async receivedText(text: string): Promise<void> {
    while (!this.received.join("").includes(text)) await once(this, "data");
  }
}

describe("TcpSender", () => {
  let receiver: Receiver;
  let sender: TcpSender;
  const states = new EventEmitter<{ connected: []; disconnected: [Error] }>();

  const open = (options: Partial<TcpSenderOptions> = {}): TcpSender =>
    (sender = new TcpSender({
      host,
      port: receiver.port,
      timeoutMs: 2000,
      settleMs: 100,
      backoffMs: { min: 5, max: 20 },
      onConnected: () => states.emit("connected"),
      onDisconnected: (error) => states.emit("disconnected", error),
      ...options,
    }));

  beforeEach(async () => {
    receiver = new Receiver();
    await receiver.listen();
  });
  afterEach(async () => {
    states.removeAllListeners();
    await sender.close();
    await receiver.close();
  });

  it("sends each message as a line of one connection, in order", async () => {
    open();
    await Promise.all([sender.send("first"), sender.send("zweite Übung"), sender.send("third")]);
    await receiver.receivedText("third\r\n");
    assert.deepEqual(receiver.received, ["first\r\nzweite Übung\r\nthird\r\n"]);
  });

  it("keeps messages until it is connected", async () => {
    const { port } = receiver;
    await receiver.close();
    open();
    const refused = (await once(states, "disconnected")) as [Error];
    assert.equal((refused[0] as NodeJS.ErrnoException).code, "CONNECTION_REFUSED");
    const sent = sender.send("queued");
    await receiver.listen(port);
    await sent;
    await receiver.receivedText("queued\r\n");
  });

  it("connects again after the receiver was killed and restarted, and sends nothing twice", async () => {
    open();
    await sender.send("before");
    await receiver.receivedText("before\r\n");
    const { port } = receiver;
    const lost = once(states, "disconnected");
    await receiver.close();
    await lost;
    const sent = sender.send("after");
    await receiver.listen(port);
    await sent;
    await receiver.receivedText("after\r\n");
    assert.deepEqual(receiver.received, ["before\r\n", "after\r\n"]);
  });

  it("reports a message that was written to a broken connection instead of sending it again", async () => {
    open();
    const [socket] = (await once(receiver, "connection")) as [Socket];
    socket.pause();
    // Nothing reads, so at some point the system's buffers are full and a message stays unsent.
    const big = "x".repeat(60_000);
    let written = 0;
    let stuck: Promise<void> | undefined;
    while (stuck === undefined) {
      const message = sender.send(big);
      const outcome = await Promise.race([message.then(() => "written"), setTimeout(500, "stuck")]);
      if (outcome === "stuck") stuck = message;
      else written += 1;
    }
    const reported = assert.rejects(stuck, { code: "HCP_ALARM_UNCERTAIN" });
    socket.resetAndDestroy();
    await reported;
    await sender.send("the end");
    await receiver.receivedText("the end\r\n");
    assert.ok(written > 0);
    assert.equal(receiver.received[1], "the end\r\n", "nothing was sent again");
  });

  it("rejects with QUEUE_FULL when its queue is full", async () => {
    await receiver.close();
    open({ backoffMs: { min: 60_000, max: 60_000 } });
    const waiting = Array.from({ length: 100 }, (_, index) => sender.send(String(index)));
    await assert.rejects(sender.send("one too many"), { code: "QUEUE_FULL" });
    await sender.close();
    for (const message of waiting) await assert.rejects(message, { code: "CLOSED" });
  });

  describe("resolves only for messages that arrived", () => {
    /** Returns the results of messages `0`, `1`, … that are sent one after the other. */
    async function send(count: number, pauseMs: number, text = (n: number) => `<${n}>`): Promise<string[]> {
      const outcomes: Promise<string>[] = [];
      for (let n = 0; n < count; n += 1) {
        outcomes.push(
          sender.send(text(n)).then(
            () => "sent",
            (error: unknown) => (error as { code: string }).code,
          ),
        );
        if (pauseMs > 0) await setTimeout(pauseMs);
      }
      return Promise.all(outcomes);
    }
    const arrivals = (n: number): number => receiver.received.join("").split(`<${n}>`).length - 1;
    /** Breaks each connection at some moment. Every other connection is not read, so that its data is lost. */
    function storm(connections = Infinity): void {
      const random = seededRandom(7);
      receiver.on("connection", (socket) => {
        if (receiver.sockets.length > connections) return;
        const reads = random() < 0.5;
        if (!reads) socket.pause();
        globalThis.setTimeout(() => socket.resetAndDestroy(), (reads ? 400 : 60) * random());
      });
    }

    it("while the receiver resets connections at random; other messages are uncertain, and none arrives twice", async () => {
      storm();
      open();
      const outcomes = await send(140, 5);
      const sent = outcomes.flatMap((outcome, n) => (outcome === "sent" ? [n] : []));
      assert.deepEqual(
        sent.filter((n) => arrivals(n) !== 1),
        [],
        "these were reported as sent",
      );
      assert.ok(sent.length > 0);
      assert.deepEqual(
        new Set(outcomes.filter((outcome) => outcome !== "sent")),
        new Set(["HCP_ALARM_UNCERTAIN"]),
      );
      assert.ok(outcomes.every((_, n) => arrivals(n) <= 1));
    });

    it("with resend, which sends uncertain messages again until all arrive", async () => {
      storm(4);
      open({ resend: true });
      assert.deepEqual(new Set(await send(140, 2)), new Set(["sent"]));
      assert.ok(Array.from({ length: 140 }).every((_, n) => arrivals(n) >= 1));
    });

    it("when the connection breaks within the settling time", async () => {
      open({ settleMs: 500 });
      const outcome = assert.rejects(sender.send("early"), {
        code: "HCP_ALARM_UNCERTAIN",
        message: /The alarm may not have arrived/,
      });
      await receiver.receivedText("early\r\n");
      receiver.sockets[0]?.resetAndDestroy();
      await outcome;
    });

    describe("when the receiver stops reading", () => {
      const filler = "x".repeat(60_000);
      let socket: Socket;
      const stopped = async (timeoutMs: number): Promise<void> => {
        open({ timeoutMs, settleMs: 50 });
        [socket] = (await once(receiver, "connection")) as [Socket];
        socket.pause();
      };
      beforeEach(function () {
        // Only Linux reports acknowledgements.
        if (process.platform !== "linux") this.skip();
      });

      it("it is open until its system has acknowledged it", async () => {
        await stopped(5000);
        let stuck: Promise<string[]> | undefined;
        for (let n = 0; stuck === undefined; n += 1) {
          const outcome = send(1, 0, () => `<${n}>${filler}`);
          if ((await Promise.race([outcome, setTimeout(400, undefined)])) === undefined) stuck = outcome;
        }
        const { remotePort: localPort, localPort: remotePort } = socket;
        const waiting = await unacknowledgedBytes({ localPort, remotePort, localFamily: "IPv4" });
        assert.ok(waiting !== undefined && waiting > 0 && waiting <= 60_100, `${waiting} bytes wait`);
        socket.resume();
        assert.deepEqual(await stuck, ["sent"]);
      });

      it("when nothing is acknowledged: the message is uncertain, and the sender connects again", async () => {
        await stopped(400);
        const outcomes: string[] = [];
        for (let n = 0; !outcomes.includes("HCP_ALARM_UNCERTAIN"); n += 20) {
          outcomes.push(...(await send(20, 0, (index) => `<${n + index}>${filler}`)));
        }
        assert.deepEqual(await send(1, 0, () => "<again>"), ["sent"]);
        assert.equal(receiver.sockets.length, 2);
        const closed = once(socket, "close");
        socket.resume();
        await closed;
        const lost = outcomes.flatMap((outcome, n) => (outcome === "sent" && arrivals(n) !== 1 ? [n] : []));
        assert.deepEqual(lost, []);
      });
    });

    it("when it is closed and the receiver ends the connection after reading everything", async () => {
      open({ settleMs: 60_000 });
      const read = sender.send("read");
      await receiver.receivedText("read\r\n");
      await sender.close();
      await read;
      receiver.once("connection", (socket: Socket) => socket.pause());
      open({ settleMs: 60_000 });
      await once(states, "connected");
      const unread = assert.rejects(sender.send("unread"), { code: "HCP_ALARM_UNCERTAIN" });
      await sender.close();
      await unread;
    });

    it("without delay: many messages settle together", async () => {
      open({ settleMs: 300 });
      const started = performance.now();
      assert.deepEqual(new Set(await send(500, 1)), new Set(["sent"]));
      assert.ok(performance.now() - started < 5000, "one after the other, it would be 150 s");
    });
  });

  it("rejects a message after its timeout, and never sends it later", async () => {
    const { port } = receiver;
    await receiver.close();
    open({ timeoutMs: 30 });
    await assert.rejects(sender.send("too late"), { code: "TIMEOUT" });
    const connected = once(states, "connected");
    await receiver.listen(port);
    await connected;
    await sender.send("in time");
    await receiver.receivedText("in time\r\n");
    assert.ok(!receiver.received.join("").includes("too late"));
  });

  it("rejects a message that is too large, and every message after close", async () => {
    open();
    await assert.rejects(sender.send("x".repeat(65_536)), { code: "TOO_LARGE" });
    await sender.close();
    await assert.rejects(sender.send("x"), { code: "CLOSED" });
  });
});

describe("UdpSender", () => {
  it("sends one datagram per message", async () => {
    const receiver = createSocket("udp4");
    receiver.bind(0, host);
    await once(receiver, "listening");
    const sender = new UdpSender({ host, port: receiver.address().port });
    const received = once(receiver, "message");
    await sender.send("Übung");
    assert.equal(String((await received)[0]), "Übung");
    sender.close();
    receiver.close();
    await once(receiver, "close");
  });

  it("rejects a message that does not fit into one frame, and every message after close", async () => {
    const sender = new UdpSender({ host, port: 9 });
    await assert.rejects(sender.send("x".repeat(1473)), { code: "TOO_LARGE" });
    sender.close();
    await assert.rejects(sender.send("x"), { code: "CLOSED" });
  });
});
