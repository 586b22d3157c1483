import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { eventDestination } from "../../src/hcp/events/subscription/event-destination";
import { imagePolicies, type ImagePolicy } from "../../src/hcp/events/event-stream";
import { AllowList } from "../../src/net/allow-list";
import { booleanOption, choiceOption, listOption, numberOption, textOption } from "../kit/options";
import { hasOwnPort, type PlaceConfig } from "../webhook/endpoint";

/** hcp-event-in as the editor saved it: numbers may be text, `${ENV}` is already replaced. */
export interface EventInConfig extends PlaceConfig {
  server: string;
  eventTypes?: string | (number | string)[];
  path?: string;
  callbackUrl?: string;
  manageSubscription?: boolean | string;
  checkEvery?: number | string;
  allow?: string | string[];
  pictures?: string;
  backfill?: boolean | string;
  raw?: boolean | string;
}

export interface EventInOptions {
  /** None for every type. */
  eventTypes: number[];
  path: string;
  token: string | undefined;
  /** Absent where the subscription is not this node's business. */
  eventDest: string | undefined;
  /** Seconds */
  checkEvery: number;
  allow: AllowList;
  /** Whether anybody who reaches the path can send events. */
  isOpen: boolean;
  images: ImagePolicy;
  backfill: boolean;
  raw: boolean;
}

/** @throws {SurveillanceError} CONFIG_INVALID, naming the setting that cannot be right */
export function eventInOptions(RED: NodeAPI, config: EventInConfig, secret: unknown): EventInOptions {
  const token = textOption(secret);
  const path = `/${(textOption(config.path) ?? "/hcp/events").replace(/^\/+|\/+$/g, "")}`;
  const manages = booleanOption("manageSubscription", config.manageSubscription, true);
  const base = textOption(config.callbackUrl);
  if (manages && base === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "The callback address is missing.", {
      advice: "Give this Node-RED's address as HikCentral reaches it, like http://10.0.0.7:1880.",
    });
  }
  const root = hasOwnPort(config) ? "/" : (textOption(RED.settings.httpNodeRoot) ?? "/");
  const allow = listOption(config.allow);
  return {
    eventTypes: typeCodes(config.eventTypes),
    path,
    token,
    eventDest: manages && base !== undefined ? eventDestination({ base, root, path, token }) : undefined,
    checkEvery: numberOption("checkEvery", config.checkEvery, { min: 1, max: 86_400 }) ?? 60,
    allow: new AllowList(allow),
    isOpen: token === undefined && allow.length === 0,
    images: choiceOption("pictures", config.pictures, imagePolicies, "uploaded"),
    backfill: booleanOption("backfill", config.backfill, true),
    raw: booleanOption("raw", config.raw, false),
  };
}

/** Each code once, in the order given. */
function typeCodes(value: unknown): number[] {
  const codes = listOption(value).map((code) =>
    numberOption("eventTypes", code, { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true }),
  );
  return [...new Set(codes)].filter((code) => code !== undefined);
}
