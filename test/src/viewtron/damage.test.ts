import assert from "node:assert/strict";
import { SurveillanceError } from "../../../src/core/errors";
import { camera, crop, decode, newCamera, recorder } from "./decoding";

const box = { x1: 3000, y1: 2500, x2: 4500, y2: 8000 };
const posts = [
  camera.perimeter({ by: "zone", eventId: 1, targetId: 2, targetType: "1", box, overview: crop, crop }),
  camera.faceMatch({
    name: "Ada",
    listType: "whiteList",
    similarity: 82,
    snap: crop,
    album: crop,
    overview: crop,
  }),
  camera.tracks({ targetId: 4, targetType: "person", box }),
  camera.alarmStatus("motionAlarm", true),
  newCamera.plate({ plate: "0012345", overview: crop, crop }),
  recorder.plate({ plate: "0012345", box, overview: crop, crop }),
  recorder.face({ targetId: 50, box, overview: crop, crop }),
];
const debris = [
  "<",
  ">",
  "&",
  "]]>",
  "<![CDATA[",
  "<!--",
  "\0",
  "</config>",
  "<item>",
  "&#0;",
  "&#x110000;",
  '="',
];

/** The same numbers in every run (a linear congruential generator), so that a failure can be reproduced. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
}

describe("decodePost with damaged posts", () => {
  const damages: Record<string, (xml: string, random: (below: number) => number) => string> = {
    "cut short": (xml, random) => xml.slice(0, random(xml.length)),
    "with a hole": (xml, random) => {
      const at = random(xml.length);
      return xml.slice(0, at) + xml.slice(at + random(200));
    },
    "with a part twice": (xml, random) => {
      const at = random(xml.length);
      return xml.slice(0, at + random(300)) + xml.slice(at);
    },
    "with debris": (xml, random) => {
      const at = random(xml.length);
      return xml.slice(0, at) + (debris[random(debris.length)] ?? "") + xml.slice(at);
    },
  };
  for (const [how, damage] of Object.entries(damages)) {
    it(`decodes posts ${how} or refuses them with its error code`, () => {
      const random = makeRandom(20260504);
      for (let i = 0; i < 500; i++) {
        const xml = damage(posts[random(posts.length)] ?? "", random);
        try {
          for (const event of decode(xml).events) {
            assert.ok(!Number.isNaN(Date.parse(event.time)), xml);
            for (const target of event.targets) {
              assert.ok(target.box === undefined || target.box.x + target.box.width <= 1.000001, xml);
            }
          }
        } catch (thrown) {
          if (!(thrown instanceof SurveillanceError)) throw thrown;
          assert.equal(thrown.code, "VIEWTRON_XML_INVALID");
        }
      }
    });
  }
});
