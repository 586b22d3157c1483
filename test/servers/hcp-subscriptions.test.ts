import assert from "node:assert/strict";
import { createServer } from "node:http";
import { EventService } from "./hcp/event-service";

const MOTION = 131331;
const INTRUSION = 131588;
const here = "http://10.0.0.7:1880/here";
const there = "http://10.0.0.8:1880/there";

describe("the simulated platform's subscriptions", () => {
  let service: EventService;
  beforeEach(() => {
    service = new EventService();
  });
  const call = (operation: string, body: object, partner?: string): unknown =>
    service.operations[`eventService/v1/${operation}`]?.({ ...body }, partner).data;
  const subscribe = (eventDest: string, eventTypes: number[], partner?: string): unknown =>
    call("eventSubscriptionByEventTypes", { eventTypes, eventDest }, partner);
  const viewed = (partner?: string): unknown[] =>
    (call("eventSubscriptionView", {}, partner) as { detail: unknown[] }).detail;

  for (const [kept, expected] of [
    ["all", { [here]: [MOTION, INTRUSION], [there]: [MOTION] }],
    ["latest", { [here]: [INTRUSION], [there]: [MOTION] }],
    ["first", { [here]: [MOTION, INTRUSION] }],
  ] as const) {
    it(`keep, of two addresses for a type, ${kept}`, () => {
      service.destinations = kept;
      subscribe(here, [MOTION, INTRUSION]);
      subscribe(there, [MOTION]);
      const entries = service.subscriptions.map(({ eventDest, eventTypes }) => [eventDest, eventTypes]);
      assert.deepEqual(Object.fromEntries(entries), expected);
    });
  }

  it("are visible only to their partner, and only the partner can end them by type", () => {
    subscribe(here, [MOTION]);
    subscribe(there, [MOTION], "other");
    assert.equal(viewed().length, 1);
    call("eventUnSubscriptionByEventTypes", { eventTypes: [MOTION] });
    assert.deepEqual([viewed().length, viewed("other").length], [0, 1]);
  });

  it("end by type for every address at once", () => {
    subscribe(here, [MOTION, INTRUSION]);
    subscribe(there, [MOTION]);
    call("eventUnSubscriptionByEventTypes", { eventTypes: [MOTION] });
    assert.deepEqual(service.subscriptions, [{ eventTypes: [INTRUSION], eventDest: here }]);
  });

  it("deliver events to their address, and the records have every event, delivered or not", async () => {
    const bodies: string[] = [];
    const receiver = createServer((request, response) => {
      request.setEncoding("utf8").on("data", (text: string) => bodies.push(text));
      request.on("end", () => response.end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const { port } = receiver.address() as { port: number };
    subscribe(`http://127.0.0.1:${port}/events`, [MOTION]);
    const [first] = await service.raise([{ eventType: MOTION, eventId: "a", status: 1 }]);
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
    const [second] = await service.raise([{ eventType: MOTION, eventId: "a", status: 2 }]);
    assert.deepEqual([first?.status, second?.status, bodies.length], [200, 0, 1]);
    assert.equal(service.records.length, 1);
    assert.ok((service.records[0]?.stopTime ?? 0) >= (service.records[0]?.startTime ?? Infinity));
  });
});
