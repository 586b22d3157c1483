import assert from "node:assert/strict";
import { ViewtronEventSource, type ViewtronEventSourceOptions } from "../../../src/viewtron";
import { IpcPosts } from "../../servers/viewtron/ipc-posts";
import { defaultIdentity } from "../../servers/viewtron/xml";

const posts = new IpcPosts();
const box = { x1: 0, y1: 0, x2: 1000, y2: 1000 };

/** Receives posts one after the other, by default a second apart, and returns the events of each. */
class Receiving {
  readonly #receiver: ViewtronEventSource;
  #now = Date.parse("2026-05-04T08:00:00Z");
  constructor(options: ViewtronEventSourceOptions = {}) {
    this.#receiver = new ViewtronEventSource(options);
  }
  post(xml: string, afterMs = 1000): { id: string; state: string; type: string }[] {
    this.#now += afterMs;
    const context = { sender: "192.0.2.21", receivedAt: new Date(this.#now) };
    return this.#receiver.receive(Buffer.from(xml), context).events;
  }
}

describe("ViewtronEventSource", () => {
  const on = posts.alarmStatus("perimeterAlarm", true, "2026-05-04 10:20:30");
  const off = posts.alarmStatus("perimeterAlarm", false, "2026-05-04 10:20:50");
  const onAgain = posts.alarmStatus("perimeterAlarm", true, "2026-05-04 10:25:00");

  it("gives the start and the end of an alarm the same id, and the next alarm another", () => {
    const camera = new Receiving();
    const [start] = camera.post(on);
    const [end] = camera.post(off);
    const [next] = camera.post(onAgain);
    assert.deepEqual([start?.state, end?.state, next?.state], ["start", "end", "start"]);
    assert.equal(start?.id, end?.id);
    assert.notEqual(start?.id, next?.id);
  });

  it("reports the repetition of an active alarm as an update", () => {
    const camera = new Receiving();
    const [start] = camera.post(on);
    const [repeated] = camera.post(onAgain);
    assert.equal(repeated?.state, "update");
    assert.equal(repeated.id, start?.id);
  });

  it("ignores an alarm that is off and was never on", () => {
    const camera = new Receiving();
    assert.deepEqual(camera.post(off), []);
    camera.post(on);
    assert.equal(camera.post(off).length, 1);
    assert.deepEqual(camera.post(off), []);
  });

  it("reports the repeated start of an event as an update until it has ended", () => {
    const camera = new Receiving();
    const event = (status: string): string =>
      posts.occurrences({ zones: [{ eventId: 7, targetId: 1, status, box }] });
    const states = ["START", "START", "PROCEDURE", "STOP", "START"].map(
      (status) => camera.post(event(`SMART_${status}`))[0]?.state,
    );
    assert.deepEqual(states, ["start", "update", "update", "end", "start"]);
  });

  it("treats the same event number after a long silence as another event", () => {
    const camera = new Receiving();
    const post = (status: string, afterMs = 1000) =>
      camera.post(
        posts.occurrences({ zones: [{ eventId: 7, targetId: 1, status: `SMART_${status}`, box }] }),
        afterMs,
      )[0];
    const first = post("START");
    // The camera has restarted and counts from the start.
    const second = post("START", 11 * 60_000);
    const end = post("STOP");
    assert.deepEqual([second?.state, end?.state], ["start", "end"]);
    assert.notEqual(second?.id, first?.id);
    assert.equal(end?.id, second?.id);
  });

  it("forgets no camera's alarm because another one never ends its events", () => {
    const receiver = new ViewtronEventSource();
    const receivedAt = new Date("2026-05-04T08:00:00Z");
    const post = (xml: string, sender: string) =>
      receiver.receive(Buffer.from(xml), { sender, receivedAt }).events[0];
    const quiet = new IpcPosts({ ...defaultIdentity, mac: "00:00:5E:00:53:77" });
    const alarm = (isOn: boolean): string => quiet.alarmStatus("perimeterAlarm", isOn, "2026-05-04 10:20:30");
    const start = post(alarm(true), "192.0.2.31");
    for (let eventId = 1; eventId <= 10_500; eventId += 1) {
      post(
        posts.occurrences({ zones: [{ eventId, targetId: 1, status: "SMART_START", box }] }),
        "192.0.2.21",
      );
    }
    const end = post(alarm(false), "192.0.2.31");
    assert.deepEqual([end?.state, end?.id], ["end", start?.id]);
  });

  it("reports the end of an event without a start, because it has the images", () => {
    const xml = posts.occurrences({ zones: [{ eventId: 7, targetId: 1, status: "SMART_STOP", box }] });
    assert.equal(new Receiving().post(xml)[0]?.state, "end");
  });

  it("keeps the alarms of different rules apart", () => {
    const camera = new Receiving();
    camera.post(posts.alarmStatus("perimeterAlarm", true, "2026-05-04 10:20:30", 1));
    assert.deepEqual(
      camera
        .post(posts.alarmStatus("perimeterAlarm", true, "2026-05-04 10:20:30", 2))
        .map(({ state }) => state),
      ["start"],
    );
  });

  it("omits alarm states, tracks and heartbeats that are not selected", () => {
    const camera = new Receiving({ statuses: false });
    assert.deepEqual(camera.post(on), []);
    assert.deepEqual(camera.post(posts.heartbeat()), []);
    assert.deepEqual(camera.post(posts.tracks({ targetId: 1, targetType: "person", box })), []);
  });

  it("reports heartbeats if selected", () => {
    assert.equal(new Receiving({ heartbeats: true }).post("")[0]?.type, "heartbeat");
  });

  it("limits the tracks of a channel per second", () => {
    const camera = new Receiving({ tracks: true, tracksPerSecond: 2 });
    const track = posts.tracks({ targetId: 1, targetType: "person", box });
    const passed = Array.from({ length: 20 }, () => camera.post(track, 100).length).reduce((a, b) => a + b);
    assert.equal(passed, 4);
  });
});
