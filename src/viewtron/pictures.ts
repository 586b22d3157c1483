import type { EventImage } from "../events";
import type { XmlElement } from "./element";
import { imageOf } from "./images";
import { plateItems } from "./plates";
import type { XmlDocument } from "./xml";

/** `sourceDataInfo`, and around `ImageData` in a face match `sourceData` */
const OVERVIEW = /^source/i;

/** A picture, and the ids of the targets that it stands with. */
export interface OwnedPicture {
  image: EventImage;
  owners: readonly string[];
}

/**
 * Every picture of a post, the overview first, in the order of their targets.
 *
 * @param crop what a picture that is not an overview shows
 */
export function picturesOf(
  config: XmlElement,
  crop: EventImage["kind"],
  blob: XmlDocument["blob"],
): OwnedPicture[] {
  // The first of two items of a plate post is the overview once more, or only there: it names no plate.
  const plates = new Set(plateItems(config));
  const pictures: OwnedPicture[] = [];
  const collect = (element: XmlElement, kind: EventImage["kind"], outer: readonly string[]): void => {
    const id = element.value("targetId");
    const owners = id === undefined ? outer : [...outer, id];
    const image = imageOf(element, kind, blob);
    if (image !== undefined) pictures.push({ image, owners });
    for (const child of element.children) collect(child, kindOf(child, kind), owners);
  };
  const kindOf = (element: XmlElement, outer: EventImage["kind"]): EventImage["kind"] => {
    if (OVERVIEW.test(element.name)) return "overview";
    return crop === "plate" && element.name === "item" && !plates.has(element) ? "overview" : outer;
  };
  collect(config, crop, []);
  const rank = ({ image }: OwnedPicture): number => Number(image.kind === "overview");
  return pictures.sort((a, b) => rank(b) - rank(a));
}
