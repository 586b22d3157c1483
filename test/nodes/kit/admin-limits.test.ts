import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Request, Response } from "express";
import type { NodeAPI } from "node-red";
import { adminRoute } from "../../../nodes/kit/admin-routes";

type Handler = (request: Request, response: Response) => void;

describe("the limit of an editor's route", () => {
  let handle: Handler;
  /** Ends the requests in progress. */
  let finish: EventEmitter;

  beforeEach(() => {
    finish = new EventEmitter().setMaxListeners(0);
    const get = (_path: string, _guard: unknown, handler: Handler): void => {
      handle = handler;
    };
    const httpAdmin = Object.assign(() => undefined, { get });
    const RED = { httpAdmin, auth: { needsPermission: () => undefined } } as unknown as NodeAPI;
    const handler = (): Promise<unknown> => new Promise((resolve) => finish.once("finish", resolve));
    adminRoute(RED, { method: "get", path: "/limited", permission: "limited.read", handler });
  });

  /** Sends a request from an address. @returns the status, 0 while there is no response */
  function send(remoteAddress: string): () => number {
    let status = 0;
    const response = {
      status: (code: number) => {
        status = code;
        return response;
      },
      json: () => (status ||= 200),
    };
    handle({ headers: {}, socket: { remoteAddress } } as unknown as Request, response as unknown as Response);
    return () => status;
  }
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it("refuses the eleventh request of a sender, and serves others", () => {
    const own = Array.from({ length: 10 }, () => send("192.0.2.1"));
    assert.deepEqual(new Set(own.map((status) => status())), new Set([0]));
    assert.equal(send("::ffff:192.0.2.1")(), 429);
    assert.equal(send("192.0.2.2")(), 0);
  });

  it("counts the addresses of an IPv6 network together", () => {
    for (let host = 1; host <= 10; host += 1) send(`2001:db8::${host}`);
    assert.equal(send("2001:db8::99")(), 429);
    assert.equal(send("2001:db8:0:1::1")(), 0);
  });

  it("serves the sender again when its requests have a response", async () => {
    const own = Array.from({ length: 10 }, () => send("192.0.2.1"));
    finish.emit("finish");
    await settle();
    assert.deepEqual(new Set(own.map((status) => status())), new Set([200]));
    assert.equal(send("192.0.2.1")(), 0);
  });
});
