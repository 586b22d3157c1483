import { RecentMap } from "../core/recent-map";

/** What tells the images of one camera from those of another. Each may be missing or of any type. */
export interface ImageMark {
  index?: unknown;
  time?: unknown;
  width?: unknown;
  height?: unknown;
}

interface Camera {
  /** The highest index so far, since the last proof. */
  high: number;
  time: number;
  /** The size of the last image and of the one before that had another. */
  size: string;
  otherSize: string;
  /** The indexes of the images since the index fell, until it is above its old height again: the first, how many. */
  fallen: { from: number; images: number } | undefined;
  /** The latest images at which something happened that one camera does not do. */
  proofs: number[];
  images: number;
}

/** So many proofs within so many images: a single one may be a restarted stream or a changed setting. */
const PROOFS = 3;
const WITHIN_IMAGES = 200;
const MAX_CAMERAS = 256;
/** The first images of a stream may get lost. */
const RESTART_BELOW = 10;
const RESTART_IMAGES = 5;

/**
 * Notices when two cameras send their images under one name, so that each takes the other's place in a queue. The
 * images of one stream count up; those of two fall back behind each other again and again (10, 500, 11, 501). Where
 * they are not counted, two sizes in turn tell it.
 */
export class CameraWatch {
  readonly #cameras = new RecentMap<string, Camera>(MAX_CAMERAS);

  /** @returns whether the name is, at present, that of two cameras */
  isShared(name: string, mark: ImageMark): boolean {
    const camera = this.#cameras.get(name) ?? {
      ...{ high: -1, time: -Infinity, size: "", otherSize: "", fallen: undefined },
      ...{ proofs: [], images: 0 },
    };
    this.#cameras.set(name, camera);
    camera.images++;
    // Images that are counted may well be cut to several sizes on their way.
    const isProof = typeof mark.index === "number" ? isInterleaved(camera, mark) : isOtherSize(camera, mark);
    if (isProof) camera.proofs.push(camera.images);
    camera.proofs = camera.proofs.filter((image) => image > camera.images - WITHIN_IMAGES).slice(-PROOFS);
    return camera.proofs.length === PROOFS;
  }
}

/** A later image with a lower index, after which the index is above its old height again. */
function isInterleaved(camera: Camera, { index, time }: ImageMark): boolean {
  if (typeof index !== "number") return false;
  const taken = new Date(time as string).getTime();
  const isLater = taken > camera.time;
  if (isLater) camera.time = taken;
  const { fallen } = camera;
  if (index > camera.high) {
    camera.high = index;
    camera.fallen = undefined;
    return fallen !== undefined && !isRestart(fallen);
  }
  if (fallen !== undefined) fallen.images++;
  else if (isLater) camera.fallen = { from: index, images: 1 };
  return false;
}

/** A stream that is started again counts from 0 and passes its old height only if it runs for longer this time. */
function isRestart({ from, images }: NonNullable<Camera["fallen"]>): boolean {
  return from < RESTART_BELOW && images >= RESTART_IMAGES;
}

/** One size, then the one before: a camera that was set to another resolution keeps it. */
function isOtherSize(camera: Camera, { width, height }: ImageMark): boolean {
  if (typeof width !== "number" || typeof height !== "number") return false;
  const size = `${width}x${height}`;
  if (size === camera.size) return false;
  const isBack = size === camera.otherSize;
  camera.otherSize = camera.size;
  camera.size = size;
  return isBack;
}
