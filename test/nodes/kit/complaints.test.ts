import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { Node } from "node-red";
import { complaintsOf } from "../../../nodes/kit/complaints";

function complain(redact?: (text: string) => string) {
  const said: string[] = [];
  const node = {
    error: ({ message, stack }: Error) => said.push(message, ...(stack?.includes("secret") ? ["leak"] : [])),
    warn: (text: string) => said.push(text),
  } as unknown as Node;
  return { complaints: complaintsOf(node, redact), said };
}

describe("complaintsOf", () => {
  it("reports a sender's error once until it has ended", () => {
    const { complaints, said } = complain();
    complaints.error(new Error("one"), "10.0.0.1");
    complaints.error(new Error("two"), "10.0.0.1");
    complaints.error(new Error("three"), "10.0.0.2");
    complaints.over("10.0.0.1");
    complaints.error(new Error("four"), "10.0.0.1");
    complaints.error(new Error("five"), "10.0.0.2");
    assert.deepEqual(said, ["one", "three", "four"]);
    complaints.over();
    complaints.error(new Error("six"), "10.0.0.2");
    assert.equal(said.at(-1), "six");
  });

  it("logs the same warning once", () => {
    const { complaints, said } = complain();
    complaints.warning("a");
    complaints.warning("a");
    complaints.warning("b");
    assert.deepEqual(said, ["a", "b"]);
  });

  it("removes secrets from errors and warnings", () => {
    const { complaints, said } = complain((text) => text.replaceAll("secret", "***"));
    complaints.error(new Error("at /path/secret"), "subscription");
    complaints.warning("secret");
    assert.deepEqual(said, ["at /path/***", "***"]);
  });

  it("reports a sender with many IPv6 addresses once for its network", () => {
    const { complaints, said } = complain();
    for (let host = 1; host <= 50; host += 1) complaints.error(new Error(`${host}`), `2001:db8:1:2::${host}`);
    complaints.error(new Error("another"), "2001:db8:1:3::1");
    assert.deepEqual(said, ["1", "another"]);
    complaints.over("2001:db8:1:2::99");
    complaints.error(new Error("again"), "2001:db8:1:2::7");
    assert.equal(said.at(-1), "again");
  });

  it("removes secrets from the causes of an error, even if they form a ring", () => {
    const { complaints } = complain((text) => text.replaceAll("secret", "***"));
    const inner = new Error("at /path/secret");
    const error = new Error("failed", { cause: new Error("secret", { cause: inner }) });
    inner.cause = error;
    complaints.error(error, "subscription");
    assert.doesNotMatch(inspect(error), /secret/);
  });
});
