import assert from "node:assert/strict";
import {
  polygonArea,
  polygonContains,
  polygonMeetsBox,
  type Point,
} from "../../../../src/vision/rules/polygon";
import { isInZone, parseZones } from "../../../../src/vision/rules/zones";

const arrow: Point[] = [
  [0.2, 0.2],
  [0.8, 0.5],
  [0.2, 0.8],
  [0.4, 0.5],
];
const square: Point[] = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.75, 0.75],
  [0.25, 0.75],
];
const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe("a polygon", () => {
  it("contains the points inside it and those on its edges and corners", () => {
    assert.ok(polygonContains(square, [0.5, 0.5]));
    assert.ok(polygonContains(square, [0.25, 0.6]));
    assert.ok(polygonContains(square, [0.75, 0.75]));
    assert.ok(!polygonContains(square, [0.2499, 0.5]));
  });

  it("does not contain the points in its notches", () => {
    assert.ok(polygonContains(arrow, [0.5, 0.5]));
    assert.ok(!polygonContains(arrow, [0.3, 0.5]));
  });

  it("meets a box that is inside it, contains it, or crosses it without a corner inside", () => {
    assert.ok(polygonMeetsBox(square, box(0.4, 0.4, 0.1, 0.1)));
    assert.ok(polygonMeetsBox(square, box(0, 0, 1, 1)));
    assert.ok(polygonMeetsBox(square, box(0.1, 0.45, 0.8, 0.05)));
  });

  it("meets a box that only touches its edge or its corner", () => {
    assert.ok(polygonMeetsBox(square, box(0.75, 0.4, 0.2, 0.1)));
    assert.ok(polygonMeetsBox(square, box(0.75, 0.75, 0.1, 0.1)));
    assert.ok(!polygonMeetsBox(square, box(0.7501, 0.4, 0.2, 0.1)));
  });

  it("does not meet a box in its notch", () => {
    assert.ok(!polygonMeetsBox(arrow, box(0.22, 0.46, 0.1, 0.08)));
  });

  it("agrees with brute force on random polygons and boxes", () => {
    const random = generator(20260801);
    for (let round = 0; round < 300; round++) {
      const polygon: Point[] = Array.from({ length: 3 + Math.floor(random() * 6) }, () => [
        random(),
        random(),
      ]);
      const found = box(random() * 0.8, random() * 0.8, 0.02 + random() * 0.2, 0.02 + random() * 0.2);
      const samples = Array.from({ length: 900 }, (_, index): Point => {
        return [
          found.x + (found.width * (index % 30)) / 29,
          found.y + (found.height * Math.floor(index / 30)) / 29,
        ];
      });
      const seen = samples.some((sample) => contains(polygon, sample));
      // Sampling can miss a thin overlap, but not find a false one.
      if (seen) assert.ok(polygonMeetsBox(polygon, found), JSON.stringify({ polygon, found }));
      else if (polygonMeetsBox(polygon, found)) {
        assert.ok(distanceToBox(polygon, found) <= 0, JSON.stringify({ polygon, found }));
      }
    }
  });

  it("has the area of the shoelace formula for points in either direction", () => {
    assert.ok(Math.abs(polygonArea(square) - 0.25) < 1e-12);
    assert.ok(Math.abs(polygonArea([...square].reverse()) - 0.25) < 1e-12);
  });
});

describe("zones", () => {
  const person = box(0.4, 0.1, 0.2, 0.5);

  it("contain an object by its bottom centre", () => {
    const [ground, air] = parseZones([
      {
        name: "ground",
        points: [
          [0, 0.55],
          [1, 0.55],
          [1, 1],
          [0, 1],
        ],
      },
      {
        name: "air",
        points: [
          [0, 0],
          [1, 0],
          [1, 0.5],
          [0, 0.5],
        ],
      },
    ]);
    assert.ok(ground && isInZone(person, ground, "bottomCentre"));
    assert.ok(air && !isInZone(person, air, "bottomCentre"));
    assert.ok(isInZone(person, air, "overlap"));
  });

  it("are read from JSON text; none if blank", () => {
    const zones = [
      {
        name: "gate",
        points: [
          [0, 0],
          [1, 0],
          [0.5, 1],
        ],
      },
    ];
    assert.deepEqual(parseZones(JSON.stringify(zones)), zones);
    for (const blank of ["", "  ", undefined, null, []]) assert.deepEqual(parseZones(blank), []);
  });

  it("get their number as name if they have none", () => {
    const [zone] = parseZones([
      {
        points: [
          [0, 0],
          [1, 0],
          [0.5, 1],
        ],
      },
    ]);
    assert.equal(zone?.name, "zone 1");
  });

  const refused: [why: RegExp, zones: unknown][] = [
    [/not valid JSON/, "[{"],
    [/must be an array/, { name: "gate" }],
    [/"gate" has no points/, [{ name: "gate" }]],
    [
      /"gate" has 2 points/,
      [
        {
          name: "gate",
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
    ],
    [
      /"gate" has an invalid point 3/,
      [
        {
          name: "gate",
          points: [
            [0, 0],
            [1, 0],
            [640, 360],
          ],
        },
      ],
    ],
    [
      /"gate" has an invalid point 2/,
      [
        {
          name: "gate",
          points: [
            [0, 0],
            ["1", 0],
            [1, 1],
          ],
        },
      ],
    ],
    [
      /"gate" has an invalid point 1/,
      [
        {
          name: "gate",
          points: [
            [Number.NaN, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
    ],
    [
      /"gate" has no area/,
      [
        {
          name: "gate",
          points: [
            [0, 0],
            [0.5, 0.5],
            [1, 1],
          ],
        },
      ],
    ],
    [/zone 1" has no points/, [null]],
    [
      /two zones have the name "gate"/,
      [
        {
          name: "gate",
          points: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
        {
          name: "gate",
          points: [
            [0, 0],
            [1, 0],
            [0, 1],
          ],
        },
      ],
    ],
  ];
  for (const [message, zones] of refused) {
    it(`are rejected: ${message.source}`, () => {
      assert.throws(() => parseZones(zones), { code: "CONFIG_INVALID", message });
    });
  }
});

/** A reproducible stream of numbers in 0..1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The even-odd rule with a ray that goes up. The tested code uses one to the right. */
function contains(polygon: Point[], [x, y]: Point): boolean {
  let crossings = 0;
  for (const [index, [ax, ay]] of polygon.entries()) {
    const [bx, by] = polygon[(index + 1) % polygon.length] ?? [ax, ay];
    if (ax > x === bx > x) continue;
    if (ay + ((x - ax) / (bx - ax)) * (by - ay) < y) crossings++;
  }
  return crossings % 2 === 1;
}

/** Returns the distance from the box to the polygon's outline in small steps; 0 if the outline enters the box. */
function distanceToBox(polygon: Point[], { x, y, width, height }: ReturnType<typeof box>): number {
  let nearest = Infinity;
  for (const [index, [ax, ay]] of polygon.entries()) {
    const [bx, by] = polygon[(index + 1) % polygon.length] ?? [ax, ay];
    for (let step = 0; step <= 20000; step++) {
      const px = ax + ((bx - ax) * step) / 20000;
      const py = ay + ((by - ay) * step) / 20000;
      const outside = Math.max(x - px, px - x - width, y - py, py - y - height, 0);
      nearest = Math.min(nearest, outside < 1e-4 ? 0 : outside);
    }
  }
  return nearest;
}
