import { definedFields, numberIn } from "../core/fields";
import type { EventTarget, NormalisedBox } from "../events";
import { normalisedBox, pixelBox, roundedBox } from "./boxes";
import type { XmlElement } from "../xml/tree";
import type { ImageSize } from "../media/frame";
import { attributesOf } from "./targets";
import { labelOf } from "./vocabulary";

/** Returns the items of a post's list that name a plate. The others contain only an overview image. */
export function plateItems(config: XmlElement): XmlElement[] {
  const items = config.child("licensePlateListInfo", "listInfo")?.items ?? [];
  return items.filter((item) => plateOf(item) !== undefined);
}

/** Returns the plate as sent, always text: `0012345` and `1E10` are plates. */
function plateOf(item: XmlElement): string | undefined {
  return item.value("plateNumber") ?? item.child("licensePlateAttribute")?.value("licensePlateNumber");
}

/**
 * Returns the plates of a post of a camera (`listInfo`) or a recorder (`licensePlateListInfo`), with list, vehicle and
 * direction if the device knows them.
 *
 * @param overview the size of the overview image: a recorder's rectangles are in its pixels
 */
export function plateTargets(config: XmlElement, overview: ImageSize | undefined): EventTarget[] {
  const byRecorder = config.child("licensePlateListInfo") !== undefined;
  return plateItems(config).map((item) => {
    const type = item.value("targetType") ?? item.child("targetImageData")?.value("targetType");
    const id = item.value("targetId", "vehiceId", "vehicleId");
    const box = byRecorder
      ? pixelBox(item.child("rect"), overview)
      : (cornerBox(item) ?? normalisedBox(item.child("rect")));
    const score = confidenceOf(item);
    const plate = plateOf(item);
    return {
      label: type === undefined ? "vehicle" : labelOf(type),
      ...(id !== undefined && { id }),
      ...(score !== undefined && { score }),
      ...(box !== undefined && { box }),
      ...(plate !== undefined && { plate }),
      attributes: { ...membershipOf(item), ...attributesOf(item), ...vehicleBox(item, overview) },
    };
  });
}

/** Reads hundredths of a per cent in an attribute: `<PlateConfidence count="9900"/>` is 0.99. */
function confidenceOf(item: XmlElement): number | undefined {
  const count = item.child("PlateConfidence")?.attributes.get("count");
  const hundredths = numberIn(count);
  return hundredths === undefined ? undefined : Math.min(1, Math.max(0, hundredths / 10_000));
}

/**
 * Returns the list of a plate and further facts: `listType` comes from a camera (whiteList, blackList, temporaryList,
 * strangerList), `group` and `owner` from a recorder. They are absent if the plate is not on a list.
 */
function membershipOf(item: XmlElement): Record<string, string> {
  const match = item.child("licensePlateMatchInfo");
  const plate = item.child("licensePlateAttribute");
  return definedFields({
    listType: item.value("vehicleListType"),
    group: match?.value("groupName"),
    owner: match?.value("carOwner"),
    direction: item.value("vehicleDirect"),
    plateColor: plate?.value("color") ?? item.value("plateColor"),
    province: item.value("province"),
  });
}

/** Converts a plate's four corners, in ten thousandths, as firmware 5.3.1 sends them. */
function cornerBox(item: XmlElement): NormalisedBox | undefined {
  const corners = ["leftTop", "rightTop", "leftBottom", "rightBottom"].map((name) => item.child(name));
  const xs = corners.map((corner) => corner?.number("x") ?? 0);
  const ys = corners.map((corner) => corner?.number("y") ?? 0);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - x, Math.max(...ys) - y];
  if (width === 0 || height === 0) return undefined;
  return roundedBox({ x: x / 10_000, y: y / 10_000, width: width / 10_000, height: height / 10_000 });
}

/** Returns the box of the whole vehicle, in pixels of the overview. */
function vehicleBox(item: XmlElement, overview: ImageSize | undefined): { vehicleBox?: NormalisedBox } {
  const width = item.number("SourceImageWidth") ?? 0;
  const height = item.number("SourceImageHeight") ?? 0;
  const size = width > 0 && height > 0 ? { width, height } : overview;
  const box = pixelBox(item.child("carRect"), size);
  return box === undefined ? {} : { vehicleBox: box };
}
