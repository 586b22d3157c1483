import { SurveillanceError } from "../../src/core/errors";
import { commonEventTypes } from "../../src/events";
import type { DetectionRuleOptions } from "../../src/vision/rules/detection-rule";
import type { HelmetOptions } from "../../src/vision/rules/helmet";
import { parseZones, zoneTests } from "../../src/vision/rules/zones";
import { booleanOption, choiceOption, listOption, numberOption, textOption } from "../kit/options";

/** As the editor saved it: numbers and booleans may be text, `${ENV}` is already replaced. */
export interface RuleConfig {
  labels?: unknown;
  zones?: unknown;
  zoneTest?: unknown;
  minScore?: unknown;
  hits?: unknown;
  window?: unknown;
  cooldown?: unknown;
  endAfter?: unknown;
  trackSeconds?: unknown;
  eventType?: unknown;
  deriveNoHelmet?: unknown;
  personLabels?: unknown;
  helmetLabels?: unknown;
  minPersonHeight?: unknown;
}

/** @throws {SurveillanceError} CONFIG_INVALID */
export function ruleOptions(config: RuleConfig): DetectionRuleOptions {
  const helmet = helmetOptionsOf(config);
  const trackSeconds = numberOption("trackSeconds", config.trackSeconds, { min: 0, max: 3600 });
  const options = {
    labels: listOption(config.labels),
    zones: parseZones(config.zones),
    zoneTest: choiceOption("zoneTest", config.zoneTest, zoneTests, "bottomCentre"),
    minScore: numberOption("minScore", config.minScore, { min: 0, max: 1 }) ?? 0,
    hits: numberOption("hits", config.hits, { min: 1, max: 1000, integer: true }) ?? 3,
    window: numberOption("window", config.window, { min: 1, max: 1000, integer: true }) ?? 5,
    cooldown: numberOption("cooldown", config.cooldown, { min: 0 }) ?? 30,
    endAfter: numberOption("endAfter", config.endAfter, { min: 0.1 }) ?? 5,
    ...(trackSeconds === undefined ? {} : { trackSeconds }),
    eventType: choiceOption("eventType", config.eventType, commonEventTypes, "intrusion"),
    ...(helmet === undefined ? {} : { helmet }),
  };
  if (options.hits <= options.window) return options;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    `hits is ${options.hits} of ${options.window} frames: it can be at most the number of frames.`,
  );
}

function helmetOptionsOf(config: RuleConfig): HelmetOptions | undefined {
  if (!booleanOption("deriveNoHelmet", config.deriveNoHelmet, false)) return undefined;
  const labels = (value: unknown, fallback: string): string[] =>
    listOption(textOption(value) === undefined ? fallback : value).map((label) => label.toLowerCase());
  return {
    personLabels: labels(config.personLabels, "person"),
    helmetLabels: labels(config.helmetLabels, "helmet, hardhat, hard-hat, hard hat"),
    minPersonHeight:
      (numberOption("minPersonHeight", config.minPersonHeight, { min: 0, max: 100 }) ?? 10) / 100,
  };
}
