import type { Node, NodeAPI, NodeMessage } from "node-red";
import { topicOf, type CommonEvent } from "../../src/events";
import { imageOf } from "../../src/vision/image";
import { DetectionRule, type DetectedFrame } from "../../src/vision/rules/detection-rule";
import { cameraOf, imageSizeOf, type DetectionMessage } from "../detection/detection-message";
import { onClose, onInput } from "../kit/guard";
import { numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { ruleOptions, type RuleConfig } from "./rule-options";
import { showError } from "../kit/status";

const BLIND =
  "The labels never match: the model names no classes, so its objects are called class 0, class 1 and so on. " +
  "Set the labels at the yolo-detect node, or name the classes so here.";

export = (RED: NodeAPI): void => {
  registerNode<RuleConfig>(RED, "detection-rule", ({ node, config, status }) => {
    const showState = (): void => {
      if (rule.isBlind) status("warning", "unnamed");
      else if (rule.active === 0) status("ok", "watching");
      else status("warning", "alarms", { count: rule.active });
    };
    let warned = false;
    const rule = new DetectionRule(ruleOptions(config), (event) => {
      node.send(messageOf({}, event));
      showState();
    });
    status("idle", "waiting");

    onInput(node, async (msg: DetectionMessage, send) => {
      // The image travels in the event: beside it, it would be copied once more for every wire.
      const rest = { ...msg };
      delete rest.image;
      try {
        await rule.take(frameOf(msg, nameOf(node)), (event) => {
          send(messageOf(rest, event));
        });
        if (rule.isBlind && !warned) node.warn(BLIND);
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
