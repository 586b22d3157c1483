import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { sign } from "../../src/hcp/request/sign";
import { startHcpGateway, type GatewayAlarm, type HcpGateway } from "./hcp-gateway";
import { Refusal } from "./hcp/gateway-response";
import { Authentication } from "./hcp/authentication";

const appKey = "21000001";
const appSecret = "gateway-test-secret";
const rulePath = "/artemis/api/eventService/v1/generalEventRule";
const rule = {
  generalEventRuleName: "Helmet missing",
  transportType: 0,
  matchType: 0,
  expression: '"Helmet missing"',
  regularExpression: "Helmet missing",
};

describe("the simulated gateway's signature check", () => {
  const example = {
    method: "POST",
    target: "/artemis/api/example?qb=B&qa=a&x-body=x&a-body=a",
    headers: {
      Accept: "*/*",
      "Content-Type": "text/plain;charset=UTF-8",
      "header-A": "A",
      "header-B": "b",
      "X-Ca-Key": "29666671",
      "X-Ca-Timestamp": "1479968678000",
      "X-Ca-Signature-Headers": "header-a,header-b,x-ca-key,x-ca-timestamp",
      "X-Ca-Signature": "JRpUpk1ETjzr5gsbo4qoEA9EiQPejvNz12B837xV5HI=",
    } as Record<string, string>,
  };
  const check = (changes: Record<string, string | undefined> = {}, now = 1479968678000): void => {
    const headers = Object.entries({ ...example.headers, ...changes });
    new Authentication({ "29666671": "empsl21ds3" }, () => now).check({
      method: example.method,
      target: example.target,
      rawHeaders: headers.flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
    });
  };
  const refuses = (code: string, changes: Record<string, string | undefined>, now?: number): void => {
    assert.throws(
      () => {
        check(changes, now);
      },
      (error) => error instanceof Refusal && error.code === code,
    );
  };

  it("accepts the published example", () => {
    check();
  });

  it("rejects a missing or unknown key and a missing signature", () => {
    refuses("0x02401000", { "X-Ca-Key": undefined });
    refuses("0x02401001", { "X-Ca-Key": "1" });
    refuses("0x02401002", { "X-Ca-Signature": undefined });
  });

  it("rejects any change to the signed text", () => {
    refuses("0x02401003", { Accept: "application/json" });
    refuses("0x02401003", { Accept: undefined });
    refuses("0x02401003", { "Content-Type": "text/plain" });
    refuses("0x02401003", { "header-A": "B" });
    refuses("0x02401003", { "Content-MD5": "" });
  });

  it("rejects a list of signed headers that is missing, unsorted, incomplete or has an exempt header", () => {
    for (const list of [
      undefined,
      "header-b,header-a,x-ca-key,x-ca-timestamp",
      "header-a,header-b,x-ca-timestamp",
      "accept,header-a,header-b,x-ca-key,x-ca-timestamp",
      "Header-A,header-b,x-ca-key,x-ca-timestamp",
    ]) {
      refuses("0x02401002", { "X-Ca-Signature-Headers": list });
    }
  });

  it("rejects a time stamp that is more than 15 minutes off", () => {
    check({}, 1479968678000 + 14 * 60_000);
    refuses("0x02401008", {}, 1479968678000 + 16 * 60_000);
    refuses("0x02401008", {}, 1479968678000 - 16 * 60_000);
  });
});

describe("the simulated gateway", () => {
  let gateway: HcpGateway;
  beforeEach(async () => {
    gateway = await startHcpGateway({ appKey, appSecret });
  });
  afterEach(async () => {
    await gateway.close();
  });

  async function call(path: string, body: unknown, extra: Record<string, string> = {}) {
    const headers: Record<string, string> = {
      Accept: "*/*",
      "Content-Type": "application/json",
      "X-Ca-Key": appKey,
      "X-Ca-Nonce": randomUUID(),
      "X-Ca-Timestamp": String(Date.now()),
      ...extra,
    };
    const { signature, signatureHeaders } = sign({ method: "POST", path, headers, secret: appSecret });
    const response = await fetch(gateway.url + path, {
      method: "POST",
      headers: { ...headers, "X-Ca-Signature": signature, "X-Ca-Signature-Headers": signatureHeaders },
      body: JSON.stringify(body),
    });
    return { status: response.status, ...((await response.json()) as { code?: string; data?: unknown }) };
  }

  const addTriggered = async (changes: object = {}): Promise<void> => {
    assert.equal((await call(`${rulePath}/single/add`, { ...rule, ...changes })).code, "0");
    const setup = { generalEventRuleIndexCodes: "1", description: "d", alarmPriority: 1 };
    assert.equal((await call(`${rulePath}/triggerAlarm`, setup)).code, "0");
  };

  const sendTcp = (text: string): void => {
    const socket = connect(gateway.tcpPort, gateway.host, () => socket.end(text));
  };

  it("reports its version", async () => {
    const { code, data } = await call("/artemis/api/common/v1/version", {});
    assert.equal(code, "0");
    assert.deepEqual(data, { produceName: "HikCentral Professional", softVersion: "V2.2.2.0" });
  });

  it("rejects a nonce that was used before", async () => {
    const nonce = { "X-Ca-Nonce": "6f5902ac-237a-4bd0-8d0c-d3e9ec9b9f0e" };
    assert.equal((await call("/artemis/api/common/v1/version", {}, nonce)).code, "0");
    assert.equal((await call("/artemis/api/common/v1/version", {}, nonce)).code, "0x02401008");
  });

  it("responds to unknown paths like real gateways", async () => {
    assert.equal((await call("/artemis/api/none/v1/such", {})).code, "8");
    assert.equal((await call("/api/common/v1/version", {})).status, 404);
  });

  it("rejects bodies that are not a JSON object and user ids with special characters", async () => {
    assert.equal((await call("/artemis/api/common/v1/version", [])).code, "0x00072003");
    assert.equal((await call("/artemis/api/common/v1/version", {}, { userId: "a|b" })).code, "0x00072003");
    const asText = { "Content-Type": "text/plain" };
    assert.equal((await call("/artemis/api/common/v1/version", {}, asText)).code, "0x0240100a");
  });

  it("checks each parameter of a generic event rule against the guide", async () => {
    const add = async (changes: object): Promise<unknown> =>
      (await call(`${rulePath}/single/add`, { ...rule, ...changes })).code;
    assert.equal(await add({ generalEventRuleName: undefined }), "0x00072001");
    assert.equal(await add({ generalEventRuleName: "n".repeat(33) }), "0x00072002");
    assert.equal(await add({ transportType: "0" }), "0x00072003");
    assert.equal(await add({ transportType: 2 }), "0x00072002");
    assert.equal(await add({ matchType: undefined }), "0x00072001");
    assert.equal(await add({ expression: "Helmet missing" }), "0x00072003");
    assert.equal(await add({ regularExpression: "(" }), "0x00072003");
    assert.equal(await add({ regularExpression: "r".repeat(257) }), "0x00072002");
    assert.equal(await add({}), "0");
    assert.equal(await add({}), "131", "a second rule of that name");
  });

  it("lists rules by page and rejects pages of more than 500", async () => {
    await addTriggered();
    await call(`${rulePath}/single/add`, { ...rule, generalEventRuleName: "second" });
    const list = (body: object) => call(`${rulePath}/generalEventRuleList`, body);
    assert.equal((await list({ pageNo: 1, pageSize: 501 })).code, "0x00072002");
    assert.equal((await list({ pageSize: 1 })).code, "0x00072001");
    const { data } = await list({ pageNo: 2, pageSize: 1 });
    assert.equal((data as { total: number }).total, 2);
    assert.equal(
      (data as { list: { generalEventRuleName: string }[] }).list[0]?.generalEventRuleName,
      "second",
    );
  });

  it("sets up an alarm only for an existing rule, with a description and a priority of 1 to 3", async () => {
    await call(`${rulePath}/single/add`, rule);
    const setup = { generalEventRuleIndexCodes: "1", description: "d", alarmPriority: 1 };
    const trigger = async (changes: object): Promise<unknown> =>
      (await call(`${rulePath}/triggerAlarm`, { ...setup, ...changes })).code;
    assert.equal(await trigger({ generalEventRuleIndexCodes: "9" }), "128");
    assert.equal(await trigger({ description: "d".repeat(129) }), "0x00072002");
    assert.equal(await trigger({ alarmPriority: 4 }), "0x00072002");
    assert.equal(await trigger({ alarmPriority: undefined }), "0x00072001");
    assert.equal(await trigger({}), "0");
  });

  it("raises an alarm for a matching line on TCP, and none for a line without Enter", async () => {
    await addTriggered();
    const alarm = once(gateway, "alarm");
    sendTcp("noise before Helmet missing | gate\r\nHelmet missing but no Enter");
    const [raised] = (await alarm) as [GatewayAlarm];
    assert.equal(raised.text, "noise before Helmet missing | gate");
    assert.deepEqual([raised.transport, raised.rule], ["tcp", "Helmet missing"]);
  });

  it("ignores messages without a matching rule: other text, other transport, a rule without triggerAlarm", async () => {
    await addTriggered();
    await call(`${rulePath}/single/add`, {
      ...rule,
      generalEventRuleName: "untriggered",
      expression: '"untriggered"',
      regularExpression: "untriggered",
    });
    gateway.on("alarm", ({ text }) => assert.fail(`raised an alarm for ${text}`));
    for (const text of ["all is well", "untriggered"]) {
      const ignored = once(gateway, "ignored");
      sendTcp(`${text}\n`);
      await ignored;
    }
    const ignored = once(gateway, "ignored");
    const udp = createSocket("udp4");
    udp.send("Helmet missing", gateway.udpPort, gateway.host);
    await ignored;
    udp.close();
  });
});
