import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PartHeaders } from "../../../../src/isapi/stream/part-headers";
import { PartParser, type Part } from "../../../../src/isapi/stream/part-parser";
import { alertJson, alertXml, jpeg } from "../../../servers/isapi/alerts";
import { frame, framings, guideFraming, type Framing } from "../../../servers/isapi/framing";
import { growth, SQUARE } from "../../../support/growth";
import { cut, seededRandom } from "../../../support/seeded-random";

function collect(options: ConstructorParameters<typeof PartParser>[1] = {}) {
  const parts: Part[] = [];
  const warnings: string[] = [];
  const parser = new PartParser(
    { part: (part) => parts.push(part), warning: (text) => warnings.push(text) },
    options,
  );
  return { parser, parts, warnings };
}

const bodies = (parts: Part[]): string[] => parts.map((part) => shorten(part.body));
/** Pictures are compared by digest, so that a failure stays readable. */
const shorten = (body: Buffer): string =>
  body[0] === 0xff ? `jpeg ${body.length} ${createHash("md5").update(body).digest("hex")}` : body.toString();
const xml = alertXml({ eventType: "linedetection" });
const json = alertJson();
const picture = jpeg(3000);

describe("PartParser", () => {
  for (const [name, framing] of Object.entries(framings)) {
    describe(`framing: ${name}`, () => {
      const stream = Buffer.concat([
        frame(framing, 'application/xml; charset="UTF-8"', xml),
        frame(framing, 'application/json; charset="UTF-8"', json),
        frame(framing, "image/jpeg", picture),
        frame(framing, "application/xml", xml),
      ]);

      for (const size of [1, 7, 300, 100_000]) {
        it(`gives every part, whole and in order, in chunks of up to ${size}`, () => {
          const { parser, parts, warnings } = collect({ boundary: framing.declared });
          for (const chunk of cut(stream, seededRandom(size), size)) parser.push(chunk);
          assert.deepEqual(
            parts.map((part) => part.kind),
            ["xml", "json", "jpeg", "xml"],
          );
          assert.deepEqual(bodies(parts), [xml, json, shorten(picture), xml]);
          assert.deepEqual(warnings, []);
        });
      }

      it("hands over XML and JSON with their last byte, without anything behind it", () => {
        for (const body of [xml, json]) {
          const { parser, parts } = collect({ boundary: framing.declared });
          const bytes = frame({ ...framing, trailer: "" }, "application/xml", body);
          parser.push(bytes.subarray(0, -1));
          assert.equal(parts.length, 0);
          parser.push(bytes.subarray(-1));
          assert.deepEqual(bodies(parts), [body]);
        }
      });
    });
  }

  it("hands over a picture with its last byte, with a true length or none", () => {
    for (const lengthError of [0, "none"] as const) {
      const { parser, parts } = collect();
      const bytes = frame({ ...guideFraming, lengthError, trailer: "" }, "image/jpeg", picture);
      parser.push(bytes.subarray(0, -1));
      assert.equal(parts.length, 0);
      parser.push(bytes.subarray(-1));
      assert.deepEqual(parts[0]?.body, picture);
    }
  });

  it("keeps what a thermal camera appends to a picture within the declared length", () => {
    const { parser, parts } = collect();
    const radiometric = Buffer.concat([picture, Buffer.alloc(500, 7)]);
    parser.push(frame(guideFraming, "image/jpeg", radiometric));
    assert.deepEqual(parts[0]?.body, radiometric);
  });

  it("goes by the bytes, not by the declared type", () => {
    const { parser, parts } = collect();
    parser.push(frame(guideFraming, "text/plain", xml));
    parser.push(frame(guideFraming, "application/xml", json));
    parser.push(frame(guideFraming, "application/octet-stream", picture));
    assert.deepEqual(
      parts.map((part) => part.kind),
      ["xml", "json", "jpeg"],
    );
  });

  it("takes a body of another type by its length, or up to the next boundary", () => {
    const sound = Buffer.from("RIFF\r\n\r\n--no boundary\n");
    for (const lengthError of [0, "none"] as const) {
      const { parser, parts } = collect({ boundary: "boundary" });
      parser.push(frame({ ...guideFraming, lengthError }, "audio/wav", sound));
      parser.push(frame(guideFraming, "application/xml", xml));
      assert.deepEqual(
        parts.map((part) => part.kind),
        ["other", "xml"],
      );
      assert.deepEqual(parts[0]?.body, sound);
    }
  });

  it("gives the headers with names in lower case", () => {
    const { parser, parts } = collect();
    parser.push(frame(guideFraming, "image/jpeg", picture, { "Content-ID": "<pic1>" }));
    assert.equal(parts[0]?.headers["content-id"], "<pic1>");
  });

  it("takes a body that is no multipart at all", () => {
    const { parser, parts } = collect();
    parser.push(Buffer.from(`\uFEFF${xml}`));
    parser.end();
    assert.deepEqual(bodies(parts), [xml]);
  });

  it("takes the status line and headers of a further response as what stands between parts", () => {
    const { parser, parts, warnings } = collect();
    const response = `HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: ${xml.length}\r\n\r\n${xml}`;
    parser.push(Buffer.from(response.repeat(2)));
    assert.deepEqual(bodies(parts), [xml, xml]);
    assert.deepEqual(warnings, []);
  });

  it("says when a picture begins", () => {
    let begun = 0;
    const parser = new PartParser({
      part: () => undefined,
      imageBegins: () => (begun += 1),
      warning: () => undefined,
    });
    parser.push(frame(guideFraming, "image/jpeg", picture).subarray(0, 100));
    assert.equal(begun, 1);
    assert.equal(parser.inImage, true);
  });

  describe("damage", () => {
    const before = frame(guideFraming, "application/xml", xml);
    const after = frame(guideFraming, "application/json", json);

    function around(damage: Buffer | string, framing: Framing = guideFraming) {
      const { parser, parts, warnings } = collect({ boundary: framing.declared });
      parser.push(Buffer.concat([before, Buffer.from(damage as string), after]));
      return { parts: bodies(parts), warnings, parser };
    }

    it("passes over an alert that is cut off", () => {
      const { parts, warnings } = around(frame(guideFraming, "application/xml", xml.slice(0, 300)));
      assert.deepEqual(parts, [xml, json]);
      assert.equal(warnings.length, 1);
    });

    it("finds the next alert where the boundary between is lost too", () => {
      const { parser, parts } = collect();
      parser.push(Buffer.from(xml.slice(0, 300) + xml));
      assert.deepEqual(bodies(parts), [xml]);
    });

    it("passes over a picture that is cut off", () => {
      const { parts } = around(
        frame(guideFraming, "image/jpeg", picture.subarray(0, 900), { "Content-Length": "3000" }),
      );
      assert.deepEqual(parts, [xml, json]);
    });

    it("passes over bytes that belong to nothing", () => {
      const garbage = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 256));
      const { parts, warnings } = around(garbage);
      assert.deepEqual([parts[0], parts.at(-1)], [xml, json]);
      assert.ok(warnings.length > 0);
    });

    for (const beginning of ["<!\n", "<?xml\n", "<?xml ", "<Event\n", "<!--\n"]) {
      it(`searches no prologue twice, however often one begins: ${JSON.stringify(beginning)}`, () => {
        const { parser, parts, warnings } = collect({ boundary: guideFraming.declared });
        parser.push(Buffer.from(beginning.repeat(64_000 / beginning.length)));
        parser.push(after);
        assert.deepEqual(bodies(parts), [json]);
        // Each warning is a search of up to 4 KB: one for each beginning would be thousands.
        assert.ok(warnings.length < 100, `${warnings.length} searches`);
      });
    }

    it("takes no more than its share of time for a header line of blanks", () => {
      const ratio = growth((size) => new PartHeaders().add(`a:x${" ".repeat(size)}x`), 4000);
      assert.ok(ratio < SQUARE, `${ratio}`);
    });

    it("passes over a header without end, in bounded memory", () => {
      const { parts, parser, warnings } = around(
        "--boundary\r\n" + "X-Filler: aaaaaaaaaaaaaaaaaaaa\r\n".repeat(10_000),
      );
      assert.deepEqual(parts, [xml, json]);
      assert.ok(parser.pendingBytes < 1000);
      assert.ok(warnings.length > 0);
    });

    it("passes over a line without end, in bounded memory", () => {
      const { parser, parts } = collect({ boundary: "boundary" });
      for (let count = 0; count < 100; count += 1) {
        parser.push(Buffer.alloc(10_000, "y"));
        assert.ok(parser.pendingBytes < 20_000);
      }
      parser.push(after);
      assert.deepEqual(bodies(parts), [json]);
    });

    it("passes over a part that declares more than the limit", () => {
      const { parts, warnings } = around(
        frame(guideFraming, "image/jpeg", picture, { "Content-Length": String(17 * 1024 * 1024) }),
      );
      assert.deepEqual(parts, [xml, json]);
      assert.match(warnings[0] ?? "", /larger than 16777216 bytes/);
    });

    it("passes over a part that grows past the limit, holding no more than that", () => {
      const { parser, parts, warnings } = collect({ boundary: "boundary", maxPartBytes: 50_000 });
      parser.push(Buffer.from("--boundary\r\n\r\n<EventNotificationAlert>"));
      for (let count = 0; count < 100; count += 1) {
        parser.push(Buffer.alloc(10_000, "y"));
        assert.ok(parser.pendingBytes <= 50_000 + 64 * 1024);
      }
      parser.push(after);
      assert.deepEqual(bodies(parts), [json]);
      assert.equal(warnings.length, 1);
    });

    it("says that the stream ended inside a part, and starts anew", () => {
      const { parser, parts, warnings } = collect();
      parser.push(before.subarray(0, 200));
      parser.end();
      assert.match(warnings[0] ?? "", /ended inside a part/);
      parser.push(after);
      assert.deepEqual(bodies(parts), [json]);
    });
  });
});
