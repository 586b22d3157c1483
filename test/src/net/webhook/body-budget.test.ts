import assert from "node:assert/strict";
import { BodyBudget, type HeldBody } from "../../../../src/net/webhook/body-budget";

describe("BodyBudget", () => {
  let budget: BodyBudget;
  let aborted: string[];

  function begin(sender: string, name = sender): HeldBody & { begun: boolean } {
    const body = {
      sender,
      size: 0,
      abort: () => {
        aborted.push(name);
        budget.end(body);
      },
      begun: false,
    };
    body.begun = budget.begin(body);
    return body;
  }

  beforeEach(() => {
    budget = new BodyBudget({ bytes: 100, perSender: 3 });
    aborted = [];
  });

  it("limits the incomplete bodies of each sender separately", () => {
    const bodies = ["a", "a", "a", "a", "b"].map((sender) => begin(sender));
    assert.deepEqual(
      bodies.map(({ begun }) => begun),
      [true, true, true, false, true],
    );
    const [first] = bodies;
    assert.ok(first);
    budget.end(first);
    assert.equal(begin("a").begun, true);
  });

  it("aborts the largest body of the sender that holds the most memory", () => {
    const [small, large, other] = [begin("a", "small"), begin("a", "large"), begin("b")];
    budget.grow(small, 30);
    budget.grow(large, 40);
    budget.grow(other, 35);
    assert.deepEqual(aborted, ["large"]);
    assert.equal(budget.bytes, 65);
  });

  it("is empty again when all bodies are complete", () => {
    const bodies = [begin("a"), begin("b")];
    for (const body of bodies) budget.grow(body, 40);
    for (const body of [...bodies, ...bodies]) budget.end(body);
    assert.equal(budget.bytes, 0);
  });
});
