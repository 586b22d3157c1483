import { findEventType } from "../../../event-types";
import { definedFields } from "../../../../core/fields";
import { meaningOf, numberOf, textOf } from "../../../values";
import type { MessageKind } from "./kind";

/** -1 in messages, 0 in records. */
const attendance = {
  "1": "check-in",
  "2": "check-out",
  "3": "break-out",
  "4": "break-in",
  "5": "overtime-in",
  "6": "overtime-out",
};
const temperatureStates = { "0": "unknown", "1": "normal", "2": "abnormal" };
const maskStates = { "0": "unknown", "1": "yes", "2": "no" };

/** Card swiping and door events (guide, A.2.1). */
export const access: MessageKind = {
  matches: ({ ability, eventType, data }) =>
    ability === "event_acs" || "checkInAndOutType" in data || isDoorEvent(eventType),
  decode: ({ eventType, data }) => {
    const id = textOf(data.personId);
    const attributes = definedFields<unknown>({
      access: outcomeOf(eventType),
      name: textOf(data.personName),
      personCode: textOf(data.personCode),
      cardNo: textOf(data.cardNo),
      attendance: meaningOf(knownAttendance(data.checkInAndOutType), attendance),
      temperature: numberOf(data.temperatureData),
      temperatureStatus: meaningOf(data.temperatureStatus, temperatureStates),
      mask: meaningOf(data.wearMaskStatus, maskStates),
      readerId: textOf(data.readerIndexCode),
      readerName: textOf(data.readerName),
    });
    const uri = textOf(data.picUri);
    const hasPerson = id !== undefined || "cardNo" in attributes || "personCode" in attributes;
    return {
      targets: hasPerson ? [{ label: "person", ...(id !== undefined && { id }), attributes }] : [],
      imageAddresses: uri === undefined ? [] : [{ kind: "face", store: "access", uri }],
    };
  },
};

function isDoorEvent(eventType: number): boolean {
  const source = findEventType(eventType)?.source;
  return source === "door" || source === "acsDevice";
}

function knownAttendance(value: unknown): unknown {
  const type = numberOf(value) ?? 0;
  return type > 0 ? type : undefined;
}

/** Returns whether access was granted. Only the event type contains this. */
function outcomeOf(eventType: number): string | undefined {
  const [, outcome] = /^(Granted|Denied|Timed out):/.exec(findEventType(eventType)?.name ?? "") ?? [];
  return outcome?.toLowerCase();
}
