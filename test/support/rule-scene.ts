import type { Sighting } from "../../src/vision/rules/sightings";
import type { CommonEvent } from "../../src/events";
import {
  DetectionRule,
  type DetectedFrame,
  type DetectionRuleOptions,
} from "../../src/vision/rules/detection-rule";

import { ManualClock } from "./manual-clock";

export const size = { width: 640, height: 360 };
export const gate = {
  name: "gate",
  points: [
    [0, 0.5],
    [0.5, 0.5],
    [0.5, 1],
    [0, 1],
  ],
} as const;
export const yard = {
  name: "yard",
  points: [
    [0.5, 0.5],
    [1, 0.5],
    [1, 1],
    [0.5, 1],
  ],
} as const;

/** 32 x 90 pixels, by the middle of the feet; (100, 300) stands at the gate, (500, 300) in the yard. */
export const object = (label: string, x: number, y = 300, score = 0.8): Sighting => ({
  label,
  score,
  box: { x: x - 16, y: y - 90, width: 32, height: 90 },
});
export const atGate = object("person", 100);
export const inYard = object("person", 500);

/** A rule at work: frames come one second apart unless told otherwise, on the test's clock. */
export class Scene {
  readonly clock = new ManualClock();
  readonly events: CommonEvent[] = [];
  readonly rule: DetectionRule;

  constructor(options: Partial<DetectionRuleOptions> = {}) {
    this.rule = new DetectionRule(
      {
        labels: [],
        zones: [],
        zoneTest: "bottomCentre",
        minScore: 0.5,
        hits: 2,
        window: 4,
        cooldown: 0,
        endAfter: 5,
        eventType: "intrusion",
        ...options,
      },
      (event) => this.events.push(event),
      this.clock,
    );
  }

  get states(): string[] {
    return this.events.map(({ state }) => state);
  }

  /** Takes a frame and lets the time until the next one pass. */
  async frame(sightings: Sighting[], more: Partial<DetectedFrame> & { wait?: number } = {}): Promise<void> {
    const { wait = 1, ...frame } = more;
    await this.rule.take({ camera: "yard-cam", detections: sightings, size, ...frame }, (event) =>
      this.events.push(event),
    );
    this.clock.advance(wait);
  }

  async frames(count: number, sightings: Sighting[]): Promise<void> {
    for (let i = 0; i < count; i++) await this.frame(sightings);
  }
}

/** Events that the clock brings about leave through a promise. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
