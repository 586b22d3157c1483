import type { Node, NodeAPI, NodeMessage } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { topicOf, type CommonEvent } from "../../src/events";
import { imageOf } from "../../src/vision/image";
import {
  DetectionRule,
  type DetectedFrame,
  type DetectionRuleOptions,
} from "../../src/vision/rules/detection-rule";
import { parseZones } from "../../src/vision/rules/zones";
import { cameraOf, imageSizeOf, type DetectionMessage } from "../detection/detection-message";
import { defineNode } from "../kit/define-node";
import { onClose, onInput } from "../kit/guard";
import type { OptionValues } from "../kit/option-kinds";
import { numberOption, textOption } from "../kit/options";
import { showError } from "../kit/status";
import { options } from "./options";

const NO_CLASS_NAMES =
  'The labels never match: the model has no class names, so its labels are "class 0", "class 1" and so on. ' +
  "Set the labels in the yolo-detect node, or use these names here.";

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "detection-rule", options }, ({ node, options, status }) => {
    const showState = (): void => {
      if (rule.isBlind) status("warning", "unnamed");
      else if (rule.active === 0) status("ok", "watching");
      else status("warning", "alarms", { count: rule.active });
    };
    let warned = false;
    const rule = new DetectionRule(ruleOptions(options), (event) => {
      node.send(messageOf({}, event));
      showState();
    });
    status("idle", "waiting");

    onInput(node, async (msg: DetectionMessage, send) => {
      // The event contains the image. A second reference would cause another copy for every wire.
      const rest = { ...msg };
      delete rest.image;
      try {
        await rule.take(frameOf(msg, nameOf(node)), (event) => {
          send(messageOf(rest, event));
        });
        if (rule.isBlind && !warned) node.warn(NO_CLASS_NAMES);
        warned ||= rule.isBlind;
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

/** @throws {SurveillanceError} CONFIG_INVALID */
function ruleOptions({
  zones,
  deriveNoHelmet,
  personLabels,
  helmetLabels,
  minPersonHeight,
  ...rest
}: OptionValues<typeof options>): DetectionRuleOptions {
  const { hits, window } = rest;
  if (hits > window)
    throw new SurveillanceError(
      "CONFIG_INVALID",
      `hits is ${hits} of ${window} frames: it must not exceed the number of frames.`,
    );
  const lowerCase = (labels: readonly string[]): string[] => labels.map((label) => label.toLowerCase());
  return {
    ...rest,
    zones: parseZones(zones),
    ...(deriveNoHelmet && {
      helmet: {
        personLabels: lowerCase(personLabels),
        helmetLabels: lowerCase(helmetLabels),
        minPersonHeight: minPersonHeight / 100,
      },
    }),
  };
}

function frameOf(msg: DetectionMessage, fallbackName: string): DetectedFrame {
  return {
    camera: cameraOf(msg, fallbackName),
    channel: typeof msg.channel === "object" ? undefined : textOption(msg.channel),
    size: imageSizeOf(msg),
    dropped: numberOption("msg.detection.dropped", msg.detection?.dropped),
    time: msg.frame?.time,
    detections: msg.payload,
    image: imageOf(msg.image, msg.frame),
  };
}

function messageOf(base: object, event: CommonEvent): NodeMessage {
  return { ...base, topic: topicOf(event), payload: event };
}

function nameOf(node: Node): string {
  return textOption(node.name) ?? node.id;
}
