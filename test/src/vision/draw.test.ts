import assert from "node:assert/strict";
import sharp from "sharp";
import type { AnyImage } from "../../../src/media/frame";
import { parseColours } from "../../../src/vision/draw/colours";
import { draw, Drawer } from "../../../src/vision/draw/draw";
import { isDrawable, textPath } from "../../../src/vision/draw/glyphs";
import { overlayOf, type Drawing } from "../../../src/vision/draw/overlay";

const size = { width: 320, height: 240 };
const grey = { data: Buffer.alloc(320 * 240 * 3, 100), ...size, channels: 3 };
const drawing = (more: Partial<Drawing> = {}): Drawing => ({
  marks: [],
  zones: [],
  colourOf: parseColours(["person=#00ff00", "car=red"]),
  ...more,
});
const person = { label: "person", score: 0.876, box: { x: 0.25, y: 0.5, width: 0.5, height: 0.25 } };

type Pixel = [red: number, green: number, blue: number];

/** Draws on an image and decodes the result. */
async function drawn(image: AnyImage, what: Drawing): Promise<(x: number, y: number) => Pixel> {
  const result = await draw(image, what);
  const { data, info } = await sharp(result.data).raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual(
    { width: info.width, height: info.height },
    { width: result.width, height: result.height },
  );
  return (x, y) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)] as Pixel;
}

const isGreen = ([red, green, blue]: Pixel): boolean => green > 180 && red < 90 && blue < 90;
const isGrey = (pixel: Pixel): boolean => pixel.every((value) => Math.abs(value - 100) < 12);

describe("draw", () => {
  it("frames an object in the colour of its label, and does not change the rest", async () => {
    const pixel = await drawn(grey, drawing({ marks: [person] }));
    for (const [x, y] of [
      [160, 178],
      [81, 150],
      [238, 150],
    ] as const)
      assert.ok(isGreen(pixel(x, y)), `${x},${y}`);
    for (const [x, y] of [
      [160, 150],
      [40, 150],
      [160, 200],
    ] as const)
      assert.ok(isGrey(pixel(x, y)), `${x},${y}`);
  });

  it("writes label and score above the box, white on dark", async () => {
    const pixel = await drawn(grey, drawing({ marks: [person] }));
    const row = Array.from({ length: 120 }, (_, i) => Math.max(...pixel(90 + i, 108)));
    assert.ok(row.some((value) => value > 200) && row.some((value) => value < 60));
  });

  it("writes inside the image if the box is at its top or right edge", async () => {
    const box = { x: 0.95, y: 0, width: 0.05, height: 0.5 };
    const pixel = await drawn(grey, drawing({ marks: [{ ...person, box }] }));
    const row = Array.from({ length: 120 }, (_, i) => Math.max(...pixel(200 + i, 8)));
    assert.ok(row.filter((value) => value < 60).length > 30);
  });

  it("tints the zones", async () => {
    const zone = {
      name: "gate",
      points: [
        [0, 0.5],
        [0.5, 0.5],
        [0.5, 1],
        [0, 1],
      ],
    } as const;
    const pixel = await drawn(grey, drawing({ zones: [zone] }));
    const [red, , blue] = pixel(80, 200);
    assert.ok(red - blue > 15);
    assert.ok(isGrey(pixel(240, 200)));
  });

  it("returns a JPEG even if there is nothing to draw", async () => {
    const { data, width, height } = await draw(grey, drawing());
    const { format } = await sharp(data).metadata();
    assert.deepEqual({ format, width, height }, { format: "jpeg", ...size });
  });

  it("accepts JPEG, PNG and WebP, also grey and transparent ones", async () => {
    const raw = sharp(grey.data, { raw: { ...size, channels: 3 } });
    const images = await Promise.all([
      raw.clone().jpeg().toBuffer(),
      raw.clone().webp().toBuffer(),
      raw.clone().ensureAlpha(0.5).png().toBuffer(),
      raw.clone().toColourspace("b-w").jpeg().toBuffer(),
    ]);
    for (const image of images) {
      const pixel = await drawn(image, drawing({ marks: [person] }));
      assert.ok(isGreen(pixel(160, 178)));
    }
  });

  it("draws on the image as displayed, with its EXIF orientation applied", async () => {
    const turned = await sharp(grey.data, { raw: { ...size, channels: 3 } })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const result = await draw(turned, drawing({ marks: [person] }));
    assert.deepEqual({ width: result.width, height: result.height }, { width: 240, height: 320 });
    const pixel = await drawn(turned, drawing({ marks: [person] }));
    assert.ok(isGreen(pixel(120, 238)));
  });

  const broken: [what: string, image: AnyImage][] = [
    ["bytes that are not an image", Buffer.from("these bytes are not an image")],
    ["an SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ["no bytes", Buffer.alloc(0)],
    ["a JPEG that only begins like one", Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(99)])],
    ["raw data of another size", { ...grey, width: 321 }],
    ["raw data of no size", { ...grey, width: Number.NaN }],
  ];
  for (const [what, image] of broken) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(draw(image, drawing()), { code: "IMAGE_INVALID" });
    });
  }
});

describe("the overlay", () => {
  it("escapes labels", async () => {
    const label = `</text><image href="file:///etc/hostname"/>ä&"'\u0001\ud800`;
    const svg = overlayOf(drawing({ marks: [{ ...person, label }] }), size);
    assert.ok(!svg.includes("<image"));
    const pixel = await drawn(grey, drawing({ marks: [{ ...person, label }] }));
    assert.equal(pixel(0, 0).length, 3);
  });

  it("uses no system fonts for ASCII labels", () => {
    assert.ok(!overlayOf(drawing({ marks: [person] }), size).includes("<text"));
    assert.ok(overlayOf(drawing({ marks: [{ ...person, label: "人" }] }), size).includes("<text"));
  });

  it("draws thicker lines and larger letters on larger images", () => {
    const strokeOf = (width: number, height: number): number =>
      Number(/stroke-width="(\d+)"/.exec(overlayOf(drawing({ marks: [person] }), { width, height }))?.[1]);
    assert.equal(strokeOf(320, 240), 2);
    assert.ok(strokeOf(3840, 2160) > strokeOf(1920, 1080) && strokeOf(1920, 1080) > strokeOf(640, 360));
  });
});

describe("the built-in font", () => {
  it("has only the printable ASCII characters", () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
    assert.ok(isDrawable(ascii));
    assert.ok(!isDrawable("ü") && !isDrawable("\n"));
  });

  it("draws each character differently", () => {
    const shapes = Array.from({ length: 95 }, (_, index) => textPath(String.fromCharCode(32 + index)));
    assert.equal(new Set(shapes).size, 95);
  });
});

describe("parseColours", () => {
  it("returns the user's colour of a label in any case, or a fixed one", () => {
    const colourOf = parseColours(["Person=#0f0", "no_helmet = red"]);
    assert.equal(colourOf("person"), "#0f0");
    assert.equal(colourOf("NO_HELMET"), "red");
    assert.equal(colourOf("dog"), parseColours([])("Dog"));
  });

  for (const entry of ["person", "=red", "person=", "person=#12", 'person="/><script>', "person=url(#x)"]) {
    it(`rejects ${entry}`, () => {
      assert.throws(() => parseColours([entry]), { code: "CONFIG_INVALID" });
    });
  }
});

describe("Drawer", () => {
  it("draws in the order of arrival, and rejects images if the queue is full", async () => {
    const drawer = new Drawer();
    const order: number[] = [];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => drawer.draw(grey, drawing()).then(() => order.push(index))),
    );
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.deepEqual(
      refused.map(({ reason }) => (reason as { code: string }).code),
      ["QUEUE_FULL", "QUEUE_FULL"],
    );
    await drawer.draw(grey, drawing());
  });

  it("continues after a broken image", async () => {
    const drawer = new Drawer();
    const broken = drawer.draw(Buffer.from("not an image"), drawing());
    const sound = drawer.draw(grey, drawing());
    await assert.rejects(broken, { code: "IMAGE_INVALID" });
    assert.equal((await sound).width, 320);
  });

  it("cancels waiting images when it is closed", async () => {
    const drawer = new Drawer();
    const waiting = drawer.draw(grey, drawing());
    drawer.close();
    await assert.rejects(waiting, { code: "CLOSED" });
  });
});
