import { commonEventTypes } from "../../src/events/event-types";
import { DEFAULT_TRACK_SECONDS } from "../../src/vision/rules/tracker";
import { zoneTests, type Zone } from "../../src/vision/rules/zones";
import { choice, custom, flag, list, number, when } from "../kit/option-kinds";

export const options = {
  /** If empty, all labels. */
  labels: list("person"),
  /** If empty, the whole image. A string is JSON or the name of a variable. */
  zones: custom<readonly Zone[] | string>([]),
  zoneTest: choice("bottomCentre", zoneTests),
  minScore: number(0.5, { min: 0, max: 1, blank: 0 }),
  hits: number(3, { min: 1, max: 1000, whole: true, required: true }),
  /** Frames */
  window: number(5, { min: 1, max: 1000, whole: true, required: true }),
  /** Seconds, also the next two */
  cooldown: number(30, { min: 0, required: true }),
  endAfter: number(5, { min: 0.1, required: true }),
  trackSeconds: number(DEFAULT_TRACK_SECONDS, { min: 0, max: 3600 }),
  eventType: choice("intrusion", commonEventTypes),
  deriveNoHelmet: flag(false),
  personLabels: list("person", "person"),
  helmetLabels: list("helmet, hardhat, hard-hat, hard hat", "helmet, hardhat, hard-hat, hard hat"),
  /** Percent of the image's height */
  minPersonHeight: when("deriveNoHelmet", [true], number(10, { min: 0, max: 100 })),
};
