import type { Node, NodeAPI, NodeMessage } from "node-red";
import { SurveillanceError } from "../src/errors";
import { commonEventTypes, topicOf, type CommonEvent } from "../src/events";
import { pictureOf } from "../src/vision/picture";
import {
  DetectionRule,
  type DetectedFrame,
  type DetectionRuleOptions,
} from "../src/vision/rules/detection-rule";
import type { HelmetOptions } from "../src/vision/rules/helmet";
import { parseZones, zoneTests } from "../src/vision/rules/zones";
import { cameraOf, pictureSizeOf, type DetectionMessage } from "./shared/detection-message";
import { onClose, onInput } from "./shared/guard";
import { booleanOption, choiceOption, listOption, numberOption, textOption } from "./shared/options";
import { registerNode } from "./shared/register";
import { showError } from "./shared/status";

/** As the editor saved it: numbers and booleans may be text, `${ENV}` is already replaced. */
interface Config {
  labels?: unknown;
  zones?: unknown;
  zoneTest?: unknown;
  minScore?: unknown;
  hits?: unknown;
  window?: unknown;
  cooldown?: unknown;
  endAfter?: unknown;
  eventType?: unknown;
  deriveNoHelmet?: unknown;
  personLabels?: unknown;
  helmetLabels?: unknown;
  minPersonHeight?: unknown;
}

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "detection-rule", ({ node, config, status }) => {
    const showState = (): void => {
      if (rule.active === 0) status("ok", "watching");
      else status("warning", "alarms", { count: rule.active });
    };
    const rule = new DetectionRule(optionsOf(config), (event) => {
      node.send(messageOf({}, event));
      showState();
    });
    status("idle", "waiting");

    onInput(node, async (msg: DetectionMessage, send) => {
      // The picture travels in the event: beside it, it would be copied once more for every wire.
      const rest = { ...msg };
      delete rest.image;
      try {
        await rule.take(frameOf(msg, nameOf(node)), (event) => {
          send(messageOf(rest, event));
        });
        showState();
      } catch (thrown) {
        showError(status, thrown);
        throw thrown;
      }
    });
    onClose(node, () => {
      rule.close();
    });
  });
};

function frameOf(msg: DetectionMessage, fallbackName: string): DetectedFrame {
  return {
    camera: cameraOf(msg, fallbackName),
    channel: typeof msg.channel === "object" ? undefined : textOption(msg.channel),
    size: pictureSizeOf(msg),
    dropped: numberOption("msg.detection.dropped", msg.detection?.dropped),
    time: msg.frame?.time,
    detections: msg.payload,
    picture: pictureOf(msg.image, msg.frame),
  };
}

function messageOf(base: object, event: CommonEvent): NodeMessage {
  return { ...base, topic: topicOf(event), payload: event };
}

function nameOf(node: Node): string {
  return textOption(node.name) ?? node.id;
}

function optionsOf(config: Config): DetectionRuleOptions {
  const helmet = helmetOptionsOf(config);
  const options = {
    labels: listOption(config.labels),
    zones: parseZones(config.zones),
    zoneTest: choiceOption("zoneTest", config.zoneTest, zoneTests, "bottomCentre"),
    minScore: numberOption("minScore", config.minScore, { min: 0, max: 1 }) ?? 0,
    hits: numberOption("hits", config.hits, { min: 1, max: 1000, integer: true }) ?? 3,
    window: numberOption("window", config.window, { min: 1, max: 1000, integer: true }) ?? 5,
    cooldown: numberOption("cooldown", config.cooldown, { min: 0 }) ?? 30,
    endAfter: numberOption("endAfter", config.endAfter, { min: 0.1 }) ?? 5,
    eventType: choiceOption("eventType", config.eventType, commonEventTypes, "intrusion"),
    ...(helmet === undefined ? {} : { helmet }),
  };
  if (options.hits <= options.window) return options;
  throw new SurveillanceError(
    "CONFIG_INVALID",
    `hits is ${options.hits} of ${options.window} frames: it can be at most the number of frames.`,
  );
}

function helmetOptionsOf(config: Config): HelmetOptions | undefined {
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
