import type { EventImage } from "../../events";
import { isFields, listOf, numberOf, textOf, type Fields } from "../../core/fields";

export type ImageKind = EventImage["kind"];

export interface ImageUrl {
  url: string;
  kind: ImageKind;
}

/** The images that an alert announces. */
export interface AnnouncedImages {
  /** The number of images in the stream; undefined if the alert does not contain it. */
  expected: number | undefined;
  /** The names of the parts with the images, without extension and in lower case. */
  names: ReadonlyMap<string, ImageKind>;
  /** The images to fetch. */
  urls: readonly ImageUrl[];
}

/** A target with several images numbers them: `pId1` is its crop, `pId2` the scene. */
const NAME_FIELDS = /^(contentID|pId|picId|picName|fileName|filename|imageName|pictureName)\d?$/;
const URL_FIELDS = /^(bkgUrl|.*(pic|picture|image|face|target|plate|snap)\w*ur[li])$/i;
const MAX_URLS = 8;
const MAX_VISITED = 5000;

export function readAnnouncedImages(alert: Fields): AnnouncedImages {
  const names = new Map<string, ImageKind>();
  /** The names in each field. An image may have a name in each of several fields. */
  const perField = new Map<string, Set<string>>();
  const urls = new Map<string, ImageKind>();
  visit(alert, (field, value, owner) => {
    if (typeof value !== "string" || value === "") return;
    if (NAME_FIELDS.test(field)) {
      const name = imageName(value);
      // The id is random. The content id next to it shows the kind of the image.
      const shown = textOf(owner, field.replace(/^pId/, "contentID")) ?? value;
      names.set(name, kindOf(`${field} ${shown} ${textOf(owner, "type", "picType") ?? ""}`));
      const base = field.replace(/\d$/, "");
      perField.set(base, (perField.get(base) ?? new Set()).add(name));
    } else if (URL_FIELDS.test(field) && /^(https?:\/)?\//i.test(value) && urls.size < MAX_URLS) {
      urls.set(value, kindOf(field));
    }
  });
  return {
    expected:
      urls.size > 0
        ? undefined
        : countOf(alert, Math.max(0, ...[...perField.values()].map(({ size }) => size))),
    names,
    urls: [...urls].map(([url, kind]) => ({ url, kind })),
  };
}

function countOf(alert: Fields, named: number): number | undefined {
  if (/^url$/i.test(textOf(alert, "detectionPictureTransType") ?? "")) return undefined;
  const list = alert.pictureInfoList ?? (alert.ANPR as Fields | undefined)?.pictureInfoList;
  const listed = listOf((list as Fields | undefined)?.pictureInfo ?? list).length;
  const count =
    numberOf(alert, "detectionPicturesNumber", "picNum", "pictureNumber", "picturesNumber") ??
    (listed || named);
  return count > 0 ? count : undefined;
}

/** Normalises a name: `<plate_1.jpg>`, `cid:plate_1` and `plate_1.JPG` are the same. */
function imageName(text: string): string {
  return text
    .replace(/^<|>$/g, "")
    .replace(/^cid:/i, "")
    .replace(/\.(jpe?g|png|bmp)$/i, "")
    .toLowerCase();
}

/** Detects the kind of an image from the name of a field or a file. */
export function kindOf(text: string): ImageKind {
  if (/background|bkg/i.test(text)) return "overview";
  if (/plate/i.test(text)) return "plate";
  if (/face/i.test(text)) return "face";
  if (/target|human|cutout|crop|vehiclepic/i.test(text)) return "target";
  return "overview";
}

/** Returns the names of a part from its headers. */
export function partNames(headers: Readonly<Record<string, string>>): string[] {
  const disposition = headers["content-disposition"];
  // Saves time, because most parts have no name.
  if (disposition === undefined && headers["content-id"] === undefined) return [];
  const fields = [...(disposition ?? "").matchAll(/\b(?:file)?name\*?\s*=\s*(?:"([^"]*)"|([^\s;"]+))/gi)];
  return [headers["content-id"], ...fields.map(([, quoted, token]) => quoted ?? token)].flatMap((name) =>
    name === undefined || name === "" ? [] : [imageName(name)],
  );
}

/** Calls `each` for every field of every nested object, up to a limit. */
function visit(value: unknown, each: (name: string, value: unknown, owner: Fields) => void): void {
  const left: unknown[] = [value];
  for (let count = 0; left.length > 0 && count < MAX_VISITED; count += 1) {
    const next = left.pop();
    if (Array.isArray(next)) left.push(...(next as unknown[]).slice(0, MAX_VISITED));
    if (!isFields(next)) continue;
    for (const [name, field] of Object.entries(next)) {
      each(name, field, next);
      if (typeof field === "object" && field !== null) left.push(field);
    }
  }
}
