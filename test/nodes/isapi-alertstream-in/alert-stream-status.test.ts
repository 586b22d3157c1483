import assert from "node:assert/strict";
import type { Node } from "node-red";
import { showAlertStream } from "../../../nodes/isapi-alertstream-in/alert-stream-status";
import { SurveillanceError } from "../../../src/core/errors";
import type { ArmedEvent } from "../../../src/isapi/device/arming";
import { ManualClock } from "../../support/manual-clock";

const vmd = (channel: string, armed: boolean, linked: boolean): ArmedEvent => ({
  ...{ trigger: `VMD-${channel}`, event: "VMD", channel, armed, linked },
});
const gone = new SurveillanceError("ISAPI_SILENT", "gone");

describe("the status of an alert stream", () => {
  function start(readArming: () => Promise<ArmedEvent[]>) {
    const clock = new ManualClock();
    const shown: string[] = [];
    const errors: { code: string; message: string }[] = [];
    const warnings: string[] = [];
    const node = {
      error: (error: { code: string; message: string }, msg: object) => {
        assert.deepEqual(msg, {}, "a Catch node hears it");
        errors.push(error);
      },
      warn: (text: string) => warnings.push(text),
    } as unknown as Node;
    const status = showAlertStream({
      node,
      clock,
      readArming,
      status: (look, text, { count } = {}) =>
        shown.push([look, text, count].filter((each) => each !== undefined).join(" ")),
    });
    const pass = async (seconds: number): Promise<void> => {
      clock.advance(seconds);
      await new Promise(setImmediate);
    };
    return { status, clock, shown, errors, warnings, pass };
  }
  const nothingToRead = (): Promise<ArmedEvent[]> => Promise.resolve([]);

  it("is green after data on the stream, and not while heartbeats are missing", () => {
    const { status, shown } = start(nothingToRead);
    status.state({ kind: "connecting" });
    status.state({ kind: "waiting" });
    status.state({ kind: "connected" });
    status.count();
    status.state({ kind: "quiet" });
    status.state({ kind: "connected" });
    assert.deepEqual(shown, [
      "connecting connecting",
      "connecting waiting",
      "ok connected",
      "ok events 1",
      "warning quiet",
      "ok events 1",
    ]);
  });

  it("does not turn green with an event that ends while the device is offline", () => {
    const { status, shown } = start(nothingToRead);
    status.state({ kind: "retrying", error: gone, failures: 1, retryMs: 1000 });
    status.count();
    assert.deepEqual(shown, ["error error.ISAPI_SILENT"]);
  });

  it("lists armed events that are not sent after a minute without an alert, once and to catch nodes", async () => {
    const events = [vmd("1", true, false), vmd("2", true, false), vmd("3", false, false)];
    const { status, shown, errors, pass } = start(() => Promise.resolve(events));
    status.state({ kind: "connected" });
    await pass(59);
    assert.deepEqual(errors, []);
    await pass(1);
    assert.equal(shown.at(-1), "warning error.ISAPI_NOT_LINKED");
    const [error] = errors as { code: string; message: string }[];
    assert.equal(error?.code, "ISAPI_NOT_LINKED");
    assert.match(error.message, /VMD on 1, VMD on 2\..*operation notifyCenter.*event VMD, channel 1/);
    status.state({ kind: "connected" });
    await pass(1200);
    assert.equal(errors.length, 1);
  });

  it("is green again after a correction of the device, and with the first event", async () => {
    const events = [vmd("1", true, false)];
    const { status, shown, pass } = start(() => Promise.resolve(events));
    status.state({ kind: "connected" });
    await pass(60);
    events[0] = vmd("1", true, true);
    await pass(600);
    assert.equal(shown.at(-1), "ok connected");
    status.count();
    assert.equal(shown.at(-1), "ok events 1");
  });

  it("stays green if some events are sent, and logs the others", async () => {
    const { status, shown, errors, warnings, pass } = start(() =>
      Promise.resolve([vmd("1", true, true), vmd("2", true, false)]),
    );
    status.state({ kind: "connected" });
    await pass(60);
    assert.deepEqual([shown, errors], [["ok connected", "ok connected"], []]);
    assert.match(warnings.join(), /does not send these events: VMD on 2\. Sent: VMD on 1\./);
  });

  it("stays green if an alarm input is sent whose switch is unknown", async () => {
    const input: ArmedEvent = { trigger: "IO-1", event: "IO", linked: true };
    const { status, shown, errors, warnings, pass } = start(() =>
      Promise.resolve([vmd("1", true, false), input]),
    );
    status.state({ kind: "connected" });
    await pass(60);
    assert.deepEqual([shown.at(-1), errors], ["ok connected", []]);
    assert.match(warnings.join(), /does not send these events: VMD on 1\. Sent: IO\./);
  });

  it("does not count the fault of a disk, which is sent, as an alarm", async () => {
    const fault: ArmedEvent = { trigger: "diskfull", event: "diskfull", linked: true };
    const { status, shown, pass } = start(() => Promise.resolve([vmd("1", true, false), fault]));
    status.state({ kind: "connected" });
    await pass(60);
    assert.equal(shown.at(-1), "warning error.ISAPI_NOT_LINKED");
  });

  it("checks a correct device once an hour, and not every ten minutes", async () => {
    let reads = 0;
    const { status, clock, pass } = start(() => {
      reads += 1;
      return Promise.resolve([vmd("1", true, true)]);
    });
    status.state({ kind: "connected" });
    await pass(60);
    await pass(3599);
    assert.equal(reads, 1);
    await pass(1);
    assert.equal(reads, 2);
    status.close();
    assert.equal(clock.pending, 0);
  });

  it("reports that nothing is armed", async () => {
    const { status, shown, errors, warnings, pass } = start(() => Promise.resolve([vmd("1", false, false)]));
    status.state({ kind: "connected" });
    await pass(60);
    assert.deepEqual([shown.at(-1), errors.length, warnings.length], ["warning nothingArmed", 0, 1]);
  });

  it("reports events that are not sent, too, if the user may not read the switches", async () => {
    const { armed, ...unknown } = vmd("1", true, false);
    assert.equal(armed, true);
    const { status, shown, errors, pass } = start(() => Promise.resolve([unknown]));
    status.state({ kind: "connected" });
    await pass(60);
    assert.deepEqual([shown.at(-1), errors.length], ["warning error.ISAPI_NOT_LINKED", 1]);
  });

  it("checks nothing if alerts arrive or the device is offline, and ignores a device that does not respond", async () => {
    let reads = 0;
    const { status, shown, pass } = start(() => {
      reads += 1;
      return Promise.reject(gone);
    });
    status.state({ kind: "connected" });
    status.state({ kind: "retrying", error: gone, failures: 1, retryMs: 1000 });
    await pass(60);
    assert.equal(reads, 0);
    status.state({ kind: "connected" });
    await pass(60);
    assert.deepEqual([reads, shown.at(-1)], [1, "ok connected"]);
    status.count();
    await pass(3600);
    assert.equal(reads, 1);
  });

  it("leaves no timer when it closes", () => {
    const { status, clock } = start(nothingToRead);
    status.state({ kind: "connected" });
    status.close();
    assert.equal(clock.pending, 0);
  });
});
