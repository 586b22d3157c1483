import { definedFields } from "../core/fields";
import type { EventTarget } from "../events";
import { boxAroundPoints, faceBox, normalisedBox } from "./boxes";
import type { XmlElement } from "../xml/tree";
import type { ImageSize } from "../media/frame";

const LOOKS = ["age", "sex", "glasses", "mask", "hat", "temperature", "livingBody"] as const;

/**
 * Returns the faces of a post, from a recorder's `faceListInfo` or a camera's `listInfo`.
 *
 * @param overview the size of the overview image
 */
export function faceTargets(config: XmlElement, overview: ImageSize | undefined): EventTarget[] {
  const byRecorder = config.child("faceListInfo");
  const items = (byRecorder ?? config.child("listInfo"))?.items ?? [];
  return items.map((item) => {
    const id = item.value("targetId");
    const rect = item.child("rect");
    const box =
      (byRecorder === undefined ? normalisedBox(rect) : faceBox(rect, overview, cropSize(item))) ??
      boxAroundPoints(item, overview);
    const attributes = valuesOf(item, LOOKS);
    return {
      label: "face",
      ...(id !== undefined && { id }),
      ...(box !== undefined && { box }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    };
  });
}

function cropSize(item: XmlElement): ImageSize | undefined {
  const crop = item.child("targetImageData");
  const width = crop?.number("width") ?? 0;
  const height = crop?.number("height") ?? 0;
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/**
 * Returns the one face of a match (`VFD_MATCH`) with its album entry. `listType` is the album's list (the firmware
 * spells it `presonListType`), the score is the similarity.
 */
export function matchTargets(config: XmlElement): EventTarget[] {
  const album = config.child("albumInfo");
  const similarity = config.number("similarity");
  const id = album?.value("personId") ?? config.value("snapPicId");
  const listType = album?.value("personListType", "presonListType");
  const matched = config.value("matchResult");
  return [
    {
      label: "face",
      ...(id !== undefined && { id }),
      ...(similarity !== undefined && { score: Math.min(1, Math.max(0, similarity / 100)) }),
      attributes: {
        ...(matched !== undefined && { matched: matched === "true" }),
        ...(listType !== undefined && { listType }),
        ...(album === undefined ? {} : valuesOf(album, ["name", "sex", "age", "tel"])),
        ...valuesOf(config, LOOKS),
      },
    },
  ];
}

function valuesOf(element: XmlElement, names: readonly string[]): Record<string, string> {
  return definedFields(Object.fromEntries(names.map((name) => [name, element.value(name)])));
}
