import { clampBox, type EventImage, type EventTarget, type NormalisedBox } from "../../../../events";
import { definedFields } from "../../../../core/fields";
import { fieldsOf, listOf, meaningOf, numberOf, textOf, type Fields } from "../../../values";
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
    // An object in the guide, an array in some versions. The guide's example also has it beside `dataType`.
    const faces = listOf(data.alarmResult).flatMap((result) => listOf(result.faces));
    return {
      targets: faces.flatMap(targetsOf),
      images: faces.flatMap(imagesOf),
      imageAddresses: faces.flatMap(addressesOf),
    };
  },
};

/** Returns one target per candidate; without candidates, one target for the face itself. */
function targetsOf(fields: Fields): EventTarget[] {
  const common = definedFields<unknown>({
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
        ...definedFields<unknown>({
          name: textOf(fieldsOf(candidate.reserve_field)?.name),
          groupId: textOf(candidate.blacklist_id),
        }),
      },
    };
  });
}

/**
 * Returns the similarity from 0 to 1. The guide does not state a scale. Servers send percentages or fractions, and 1 is
 * read as a full match.
 */
function similarity(value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  return Math.min(1, Math.max(0, value > 1 ? value / 100 : value));
}

/**
 * Returns the box from fractions or thousandths; the guide does not state the unit. Returns undefined for values above
 * 1000: they are pixels of an image of unknown size.
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
