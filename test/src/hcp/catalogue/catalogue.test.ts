import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findOperation, operations, type Operation, type Parameter } from "../../../../src/hcp/catalogue";
import { checkRequest } from "../../../../src/hcp/request/request-check";

const guidePaths = readFileSync(join(__dirname, "guide-paths.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

function operation(id: string): Operation {
  const found = findOperation(id);
  assert.ok(found, `no operation ${id}`);
  return found;
}

function parameter(id: string, name: string): Parameter {
  const found = operation(id).parameters.find((each) => each.name === name);
  assert.ok(found, `no parameter ${name}`);
  return found;
}

describe("the operation catalogue", () => {
  it("has every path of the guide's chapter 5 once, and no other", () => {
    const paths = operations.map(({ path }) => `/artemis${path}`);

    assert.equal(guidePaths.length, 148);
    assert.deepEqual([...paths].sort(), [...guidePaths].sort());
  });

  it("has as many operations per section as the guide", () => {
    const counts: Record<string, number> = {};
    for (const { section } of operations) {
      const main = section.split(".").slice(0, 2).join(".");
      counts[main] = (counts[main] ?? 0) + 1;
    }
    assert.deepEqual(counts, {
      "5.1": 1,
      "5.2": 15,
      "5.3": 67,
      "5.4": 14,
      "5.5": 11,
      "5.6": 16,
      "5.7": 8,
      // The guide's ninth operation is also in 5.6.
      "5.8": 8,
      "5.9": 3,
      "5.10": 5,
    });
  });

  it("derives a unique id from the path", () => {
    assert.equal(new Set(operations.map(({ id }) => id)).size, operations.length);
    assert.equal(operation("eventService/eventRecords/page").path, "/api/eventService/v1/eventRecords/page");
    assert.equal(operation("visitor/appointment").path, "/api/visitor/v1/appointment");
    assert.equal(operation("visitor/v2/appointment").path, "/api/visitor/v2/appointment");
  });

  it("returns undefined for an unknown id", () => {
    assert.equal(findOperation("eventService/nothing"), undefined);
  });

  it("is plain data, so that it can be sent to the editor", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(operations)), operations);
  });

  it("names every parameter of an operation once", () => {
    for (const { id, parameters } of operations) {
      const names = parameters.map((each) => each.name);
      assert.equal(new Set(names).size, names.length, id);
    }
  });

  it("has a short summary of every operation and parameter", () => {
    const check = (where: string, parameters: readonly Parameter[]): void => {
      for (const each of parameters) {
        assert.ok(each.summary.length > 0 && each.summary.length <= 90, `${where} ${each.name}`);
        check(`${where}.${each.name}`, [...(each.properties ?? []), ...(each.items?.properties ?? [])]);
      }
    };
    for (const { id, summary, group, parameters } of operations) {
      assert.ok(summary.length > 0 && summary.length <= 100, id);
      assert.ok(group.length > 0, id);
      check(id, parameters);
    }
  });

  it("has only request conditions about parameters that exist", () => {
    const check = (where: string, parameters: readonly Parameter[]): void => {
      const names = parameters.map((each) => each.name);
      for (const { name, requiredWhen, requiredUnless, properties, items } of parameters) {
        if (requiredWhen) assert.ok(names.includes(requiredWhen.parameter), `${where} ${name}`);
        if (requiredUnless) assert.ok(names.includes(requiredUnless), `${where} ${name}`);
        check(`${where} ${name}`, [...(properties ?? []), ...(items?.properties ?? [])]);
      }
    };
    for (const { id, parameters } of operations) check(id, parameters);
  });
});

describe("an operation's example", () => {
  for (const each of operations) {
    it(`of ${each.id} passes the request check`, () => {
      assert.deepEqual(checkRequest(each, each.example), each.example);
    });
  }

  it("uses only parameters of the catalogue", () => {
    for (const { id, example, parameters } of operations) {
      const body = parameters.filter((each) => each.in === "body").map((each) => each.name);
      for (const name of Object.keys(example)) assert.ok(body.includes(name), `${id} ${name}`);
    }
  });
});

describe("paging in the catalogue", () => {
  const paged = operations.filter((each) => each.paging !== undefined);
  const field = (body: unknown, path: string): unknown =>
    path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], body);

  it("exists for every operation with a page number, except the one whose response is unknown", () => {
    const taking = operations.filter(({ parameters }) =>
      parameters.some(({ name }) => name === "pageNo" || name === "pageIndex"),
    );
    const without = taking.filter(({ paging }) => paging === undefined).map(({ id }) => id);

    assert.deepEqual(without, ["visitor/visitor/visitorInfo"]);
    // One more has its page number inside an object.
    assert.equal(paged.length, taking.length);
  });

  it("names the page and its size in the request", () => {
    for (const { id, paging, example } of paged) {
      assert.ok(paging);
      assert.equal(typeof field(example, paging.pageNo), "number", id);
      assert.equal(typeof field(example, paging.pageSize), "number", id);
    }
  });

  it("names a list and a total in the response", () => {
    for (const { id, paging, result } of paged) {
      assert.ok(paging);
      assert.ok(
        result.some((name) => name.startsWith(`${paging.list}[].`)),
        id,
      );
      if (paging.total !== undefined) assert.ok(result.includes(paging.total), id);
    }
  });

  it("lacks a total only if the guide has none", () => {
    assert.deepEqual(
      paged.filter(({ paging }) => paging?.total === undefined).map(({ id }) => id),
      [
        "aiapplication/face/faceMatchRecord",
        "aiapplication/people/statisticsTotalNumByTime",
        "acs/auth/applicationResult",
      ],
    );
  });
});

describe("single operations of the guide", () => {
  it("searches of events and vehicles accept 31 days, playback three", () => {
    const limited = operations.filter(({ timeWindow }) => timeWindow?.maxDays !== undefined);

    assert.deepEqual(
      limited.map(({ id, timeWindow }) => [id, timeWindow?.maxDays]),
      [
        ["video/cameras/playbackURLs", 3],
        ["eventService/eventRecords/page", 31],
        ["pms/crossRecords/page", 31],
        ["acs/door/events", 31],
        ["mobilesurveillance/gpsdetails", 31],
        ["mobilesurveillance/recordOverview", 31],
      ],
    );
  });

  it("six operations respond with an image", () => {
    assert.deepEqual(
      operations.filter(({ response }) => response === "image").map(({ id }) => id),
      [
        "resource/person/picture_data",
        "frs/application/picture",
        "eventService/image_data",
        "visitor/appointment/downloadpicture",
        "pms/image_data",
        "acs/event/pictures",
      ],
    );
  });

  it("pages have 1 to 500 entries", () => {
    const { min, max, required } = parameter("resource/cameras", "pageSize");
    assert.deepEqual({ min, max, required }, { min: 1, max: 500, required: true });
  });

  it("only the list of all sites can be requested without a page", () => {
    assert.equal(parameter("resource/site/siteList", "pageNo").required, false);
  });

  it("a subscription accepts 256 event types and an address of 1024 characters", () => {
    const id = "eventService/eventSubscriptionByEventTypes";
    assert.equal(parameter(id, "eventTypes").maxItems, 256);
    assert.equal(parameter(id, "eventDest").maxLength, 1024);
  });

  it("userId is a header of up to 32 plain characters", () => {
    const { in: place, maxLength, forbidden, required } = parameter("resource/cameras", "userId");
    assert.deepEqual(
      { place, maxLength, forbidden, required },
      { place: "header", maxLength: 32, forbidden: `'/\\:*?"<>|`, required: false },
    );
  });

  it("door control 3 keeps a door closed", () => {
    const meanings = parameter("acs/door/doControl", "controlType").values;
    assert.deepEqual(
      meanings?.map(({ value }) => value),
      [0, 1, 2, 3],
    );
    assert.equal(meanings[3]?.meaning, "remain closed");
  });

  it("a visitor is wrapped in an object", () => {
    const list = parameter("visitor/registerment", "visitorInfoList");
    const wrapper = list.items?.properties?.[0];
    assert.equal(wrapper?.name, "VisitorInfo");
    assert.deepEqual(
      wrapper.properties?.filter((each) => each.required).map((each) => each.name),
      ["visitorFamilyName", "visitorGivenName", "gender"],
    );
  });
});

describe("operations that change something", () => {
  const changing = operations.filter(({ changes }) => changes);

  it("are those that add, delete, control or set", () => {
    for (const id of [
      "acs/door/doControl",
      "video/ptzs/controlling",
      "resource/person/single/add",
      "resource/person/personId/customFieldsUpdate",
      "visitor/v2/appointment",
      "visitor/visitor/out",
      "eventService/eventSubscriptionByEventTypes",
    ]) {
      assert.ok(
        changing.some((operation) => operation.id === id || operation.path === `/api/${id}`),
        id,
      );
    }
  });

  it("are not those that list, search or fetch", () => {
    const asking = /list|search|info|URLs|picture|image_data|page|record$/i;
    assert.deepEqual(
      changing.filter(
        ({ path, paging, response }) => asking.test(path) || paging !== undefined || response === "image",
      ),
      [],
    );
    assert.equal(changing.length, 46);
  });
});
