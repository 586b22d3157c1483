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
/** Replaces images by their digest, so that a failure stays readable. */
const shorten = (body: Buffer): string =>
  body[0] === 0xff ? `jpeg ${body.length} ${createHash("md5").update(body).digest("hex")}` : body.toString();
const xml = alertXml({ eventType: "linedetection" });
const json = alertJson();
const image = jpeg(3000);

describe("PartParser", () => {
  for (const [name, framing] of Object.entries(framings)) {
    describe(`framing: ${name}`, () => {
      const stream = Buffer.concat([
        frame(framing, 'application/xml; charset="UTF-8"', xml),
        frame(framing, 'application/json; charset="UTF-8"', json),
        frame(framing, "image/jpeg", image),
        frame(framing, "application/xml", xml),
      ]);

      for (const size of [1, 7, 300, 100_000]) {
        it(`returns every part, complete and in order, in chunks of up to ${size}`, () => {
          const { parser, parts, warnings } = collect({ boundary: framing.declared });
          for (const chunk of cut(stream, seededRandom(size), size)) parser.push(chunk);
          assert.deepEqual(
            parts.map((part) => part.kind),
            ["xml", "json", "jpeg", "xml"],
          );
          assert.deepEqual(bodies(parts), [xml, json, shorten(image), xml]);
          assert.deepEqual(warnings, []);
        });
      }

      it("delivers XML and JSON with their last byte, without data after it", () => {
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

  it("delivers an image with its last byte, with a correct length or none", () => {
    for (const lengthError of [0, "none"] as const) {
      const { parser, parts } = collect();
      const bytes = frame({ ...guideFraming, lengthError, trailer: "" }, "image/jpeg", image);
      parser.push(bytes.subarray(0, -1));
      assert.equal(parts.length, 0);
      parser.push(bytes.subarray(-1));
      assert.deepEqual(parts[0]?.body, image);
    }
  });

  it("keeps the data that a thermal camera appends to an image within the declared length", () => {
    const { parser, parts } = collect();
    const radiometric = Buffer.concat([image, Buffer.alloc(500, 7)]);
    parser.push(frame(guideFraming, "image/jpeg", radiometric));
    assert.deepEqual(parts[0]?.body, radiometric);
  });

  it("detects the kind by the bytes, not by the declared type", () => {
    const { parser, parts } = collect();
    parser.push(frame(guideFraming, "text/plain", xml));
    parser.push(frame(guideFraming, "application/xml", json));
    parser.push(frame(guideFraming, "application/octet-stream", image));
    assert.deepEqual(
      parts.map((part) => part.kind),
      ["xml", "json", "jpeg"],
    );
  });

  it("ends a body of another type by its length or the next boundary", () => {
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

  it("returns the headers with names in lower case", () => {
    const { parser, parts } = collect();
    parser.push(frame(guideFraming, "image/jpeg", image, { "Content-ID": "<pic1>" }));
    assert.equal(parts[0]?.headers["content-id"], "<pic1>");
  });

  it("accepts a response that is not multipart", () => {
    const { parser, parts } = collect();
    parser.push(Buffer.from(`\uFEFF${xml}`));
    parser.end();
    assert.deepEqual(bodies(parts), [xml]);
  });

  it("ignores the status line and headers of a further response between parts", () => {
    const { parser, parts, warnings } = collect();
    const response = `HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: ${xml.length}\r\n\r\n${xml}`;
    parser.push(Buffer.from(response.repeat(2)));
    assert.deepEqual(bodies(parts), [xml, xml]);
    assert.deepEqual(warnings, []);
  });

  it("reports the start of an image", () => {
    let begun = 0;
    const parser = new PartParser({
      part: () => undefined,
      imageBegins: () => (begun += 1),
      warning: () => undefined,
    });
    parser.push(frame(guideFraming, "image/jpeg", image).subarray(0, 100));
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

    it("ignores an alert that is cut off", () => {
      const { parts, warnings } = around(frame(guideFraming, "application/xml", xml.slice(0, 300)));
      assert.deepEqual(parts, [xml, json]);
      assert.equal(warnings.length, 1);
    });

    it("finds the next alert if the boundary before it is lost, too", () => {
      const { parser, parts } = collect();
      parser.push(Buffer.from(xml.slice(0, 300) + xml));
      assert.deepEqual(bodies(parts), [xml]);
    });

    it("ignores an image that is cut off", () => {
      const { parts } = around(
        frame(guideFraming, "image/jpeg", image.subarray(0, 900), { "Content-Length": "3000" }),
      );
      assert.deepEqual(parts, [xml, json]);
    });

    it("ignores bytes that do not belong to a part", () => {
      const garbage = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 37) % 256));
      const { parts, warnings } = around(garbage);
      assert.deepEqual([parts[0], parts.at(-1)], [xml, json]);
      assert.ok(warnings.length > 0);
    });

    for (const beginning of ["<!\n", "<?xml\n", "<?xml ", "<Event\n", "<!--\n"]) {
      it(`searches each prologue once, even if it begins often: ${JSON.stringify(beginning)}`, () => {
        const { parser, parts, warnings } = collect({ boundary: guideFraming.declared });
        parser.push(Buffer.from(beginning.repeat(64_000 / beginning.length)));
        parser.push(after);
        assert.deepEqual(bodies(parts), [json]);
        // Each warning is a search of up to 4 KB: one for each start would be thousands.
        assert.ok(warnings.length < 100, `${warnings.length} searches`);
      });
    }

    it("parses a long header line of blanks in a short time", () => {
      const ratio = growth((size) => new PartHeaders().add(`a:x${" ".repeat(size)}x`), 4000);
      assert.ok(ratio < SQUARE, `${ratio}`);
    });

    it("ignores a header without end, with limited memory", () => {
      const { parts, parser, warnings } = around(
        "--boundary\r\n" + "X-Filler: aaaaaaaaaaaaaaaaaaaa\r\n".repeat(10_000),
      );
      assert.deepEqual(parts, [xml, json]);
      assert.ok(parser.pendingBytes < 1000);
      assert.ok(warnings.length > 0);
    });

    it("ignores a line without end, with limited memory", () => {
      const { parser, parts } = collect({ boundary: "boundary" });
      for (let count = 0; count < 100; count += 1) {
        parser.push(Buffer.alloc(10_000, "y"));
        assert.ok(parser.pendingBytes < 20_000);
      }
      parser.push(after);
      assert.deepEqual(bodies(parts), [json]);
    });

    it("ignores a part with a declared length above the limit", () => {
      const { parts, warnings } = around(
        frame(guideFraming, "image/jpeg", image, { "Content-Length": String(17 * 1024 * 1024) }),
      );
      assert.deepEqual(parts, [xml, json]);
      assert.match(warnings[0] ?? "", /larger than 16777216 bytes/);
    });

    it("ignores a part that grows past the limit, with limited memory", () => {
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

    it("warns if the stream ends inside a part, and starts again", () => {
      const { parser, parts, warnings } = collect();
      parser.push(before.subarray(0, 200));
      parser.end();
      assert.match(warnings[0] ?? "", /ended inside a part/);
      parser.push(after);
      assert.deepEqual(bodies(parts), [json]);
    });
  });
});
