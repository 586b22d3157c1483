import { clampBox, type EventImage, type EventTarget, type NormalisedBox } from "../../../../events";
import { fieldsOf, listOf, meaningOf, numberOf, present, textOf, type Fields } from "../../../values";
import type { MessageKind, ImageAddress } from "./kind";

const FACE_MATCH = 131659;
const genders = { "0": "unknown", "1": "male", "2": "female" };
const temperatureStates = { "0": "unknown", "1": "normal", "2": "abnormal" };
const maskStates = { "0": "unknown", "1": "yes", "2": "no" };

/** Faces compared with groups of known ones (guide, A.2.4). */
export const face: MessageKind = {
  matches: ({ eventType, data }) =>
    eventType === FACE_MATCH || "alarmResult" in data || data.dataType === "faceMatch",
  decode: ({ data }) => {
    // An object in the guide, an array at some versions; the guide's own example has it beside `dataType`, too.
    const faces = listOf(data.alarmResult).flatMap((result) => listOf(result.faces));
    return {
      targets: faces.flatMap(targetsOf),
      images: faces.flatMap(imagesOf),
      imageAddresses: faces.flatMap(addressesOf),
    };
  },
};

/** One target a candidate; without a candidate, the face itself is one. */
function targetsOf(fields: Fields): EventTarget[] {
  const common = present<unknown>({
    ageGroup: textOf(fieldsOf(fields.age)?.ageGroup ?? fields.age),
    gender: meaningOf(fieldsOf(fields.gender)?.value ?? fields.gender, genders),
    mask: meaningOf(fieldsOf(fields.mask)?.wearMaskStatus, maskStates),
    temperature: numberOf(fieldsOf(fields.temperature)?.temperatureData),
    temperatureStatus: meaningOf(fieldsOf(fields.temperature)?.temperatureStatus, temperatureStates),
  });
  const box = boxOf(fieldsOf(fields.faceRect));
  const candidates = listOf(fields.identify).flatMap((identify) => listOf(identify.candidate));
  const target = { label: "face", ...(box !== undefined && { box }) };
  if (candidates.length === 0) return [{ ...target, attributes: common }];
  return candidates.map((candidate) => {
    const id = textOf(candidate.human_id);
    const score = similarity(numberOf(candidate.similarity));
    return {
      ...target,
      ...(id !== undefined && { id }),
      ...(score !== undefined && { score }),
      attributes: {
        ...common,
        ...present<unknown>({
          name: textOf(fieldsOf(candidate.reserve_field)?.name),
          groupId: textOf(candidate.blacklist_id),
        }),
      },
    };
  });
}

/** The guide names no scale; percentages and parts of one are both seen, and 1 is a full match in either. */
function similarity(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  return Math.min(1, Math.max(0, value > 1 ? value / 100 : value));
}

/**
 * The guide names no unit: fractions of one, or thousandths. Values above a thousand are pixels of an image whose size the
 * message does not tell, so they give no box.
 */
function boxOf(rect: Fields | undefined): NormalisedBox | undefined {
  if (rect === undefined) return undefined;
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => numberOf(rect[name]));
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined;
  const scale = Math.max(x, y, width, height) > 1 ? 1000 : 1;
  const isInPixels = scale > 1 && Math.max(x + width, y + height) > scale;
  if (isInPixels || !(width > 0) || !(height > 0)) return undefined;
  return clampBox({ x: x / scale, y: y / scale, width: width / scale, height: height / scale });
}

function imagesOf(fields: Fields): EventImage[] {
  const data = textOf(fields.snap_pic_data);
  if (data === undefined) return [];
  const url = textOf(fields.URL);
  const bytes = Buffer.from(data.replace(/^data:[^,]*,/, ""), "base64");
  return [{ kind: "face", mimeType: "image/jpeg", data: bytes, ...(url !== undefined && { url }) }];
}

function addressesOf(fields: Fields): ImageAddress[] {
  const url = textOf(fields.URL);
  return url === undefined || textOf(fields.snap_pic_data) !== undefined ? [] : [{ kind: "face", uri: url }];
}
