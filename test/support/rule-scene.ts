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

/** Returns an object of 32 × 90 pixels; x and y are the bottom centre. (100, 300) is at the gate, (500, 300) in the yard. */
export const object = (label: string, x: number, y = 300, score = 0.8): Sighting => ({
  label,
  score,
  box: { x: x - 16, y: y - 90, width: 32, height: 90 },
});
export const atGate = object("person", 100);
export const inYard = object("person", 500);

/** A rule with a manual clock. By default, frames are one second apart. */
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

  /** Passes a frame to the rule and moves the clock to the next one. */
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

/** Waits for events that the clock triggers, which the rule emits in a promise. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
