import type { EventImage } from "../events";
import type { XmlElement } from "./element";
import { imageOf } from "./images";
import { plateItems } from "./plates";
import type { XmlDocument } from "./xml";

/** `sourceDataInfo`, and around `ImageData` in a face match `sourceData` */
const OVERVIEW = /^source/i;

export interface PictureChoice {
  /** What a picture that is no overview shows. */
  crop: EventImage["kind"];
  /** The ids of the targets whose pictures are meant; undefined: all. */
  about?: ReadonlySet<string> | undefined;
}

/** Every picture of a post, or of some of its targets, the overview first, in the order of their targets. */
export function picturesOf(
  config: XmlElement,
  { crop, about }: PictureChoice,
  blob: XmlDocument["blob"],
): EventImage[] {
  // The first of two items of a plate post is the overview once more, or only there: it names no plate.
  const plates = new Set(plateItems(config));
  const images: EventImage[] = [];
  const isOther = (element: XmlElement): boolean => {
    const id = element.value("targetId");
    return about !== undefined && id !== undefined && !about.has(id);
  };
  const collect = (element: XmlElement, kind: EventImage["kind"]): void => {
    if (isOther(element)) return;
    const image = imageOf(element, kind, blob);
    if (image !== undefined) images.push(image);
    for (const child of element.children) collect(child, kindOf(child, kind));
  };
  const kindOf = (element: XmlElement, outer: EventImage["kind"]): EventImage["kind"] => {
    if (OVERVIEW.test(element.name)) return "overview";
    return crop === "plate" && element.name === "item" && !plates.has(element) ? "overview" : outer;
  };
  collect(config, crop);
  return images.sort((a, b) => Number(b.kind === "overview") - Number(a.kind === "overview"));
}
