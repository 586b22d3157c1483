import type { EventImage } from "../../events";
import { listOf, numberOf, textOf, visit, type Fields } from "../record";

export type ImageKind = EventImage["kind"];

export interface PictureUrl {
  url: string;
  kind: ImageKind;
}

/** What an alert says of the pictures that belong to it. */
export interface AnnouncedPictures {
  /** How many come as parts of the stream; undefined where it does not say. */
  expected: number | undefined;
  /** By which of their names they are recognised, without extension and in lower case. */
  names: ReadonlyMap<string, ImageKind>;
  /** Those to be fetched. */
  urls: readonly PictureUrl[];
}

/** With a number where a target has more than one picture: `pId1` is its crop, `pId2` the scene. */
const NAME_FIELDS = /^(contentID|pId|picId|picName|fileName|filename|imageName|pictureName)\d?$/;
const URL_FIELDS = /^(bkgUrl|.*(pic|picture|image|face|target|plate|snap)\w*ur[li])$/i;
const MAX_URLS = 8;

export function readPictures(alert: Fields): AnnouncedPictures {
  const names = new Map<string, ImageKind>();
  /** How many distinct names each field brought: a picture goes by a name in each of several fields. */
  const perField = new Map<string, Set<string>>();
  const urls = new Map<string, ImageKind>();
  visit(alert, (field, value, owner) => {
    if (typeof value !== "string" || value === "") return;
    if (NAME_FIELDS.test(field)) {
      const name = pictureName(value);
      // An id is a number at random: what is in the picture is said by the content id that goes with it.
      const said = textOf(owner, field.replace(/^pId/, "contentID")) ?? value;
      names.set(name, kindOf(`${field} ${said} ${textOf(owner, "type", "picType") ?? ""}`));
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

/** `<plate_1.jpg>`, `cid:plate_1` and `plate_1.JPG` are one name. */
function pictureName(text: string): string {
  return text
    .replace(/^<|>$/g, "")
    .replace(/^cid:/i, "")
    .replace(/\.(jpe?g|png|bmp)$/i, "")
    .toLowerCase();
}

/** Told from a field's or a file's name. */
export function kindOf(text: string): ImageKind {
  if (/background|bkg/i.test(text)) return "overview";
  if (/plate/i.test(text)) return "plate";
  if (/face/i.test(text)) return "face";
  if (/target|human|cutout|crop|vehiclepic/i.test(text)) return "target";
  return "overview";
}

/** The names a part of the stream goes by, from its headers. */
export function partNames(headers: Readonly<Record<string, string>>): string[] {
  const disposition = headers["content-disposition"];
  // Most parts have none, and there are many.
  if (disposition === undefined && headers["content-id"] === undefined) return [];
  const fields = [...(disposition ?? "").matchAll(/\b(?:file)?name\*?\s*=\s*(?:"([^"]*)"|([^\s;"]+))/gi)];
  return [headers["content-id"], ...fields.map(([, quoted, token]) => quoted ?? token)].flatMap((name) =>
    name === undefined || name === "" ? [] : [pictureName(name)],
  );
}
