import { RecentMap } from "../core/recent-map";

/** Properties that distinguish the images of one camera from those of another. Each may be missing or of any type. */
export interface ImageMark {
  index?: unknown;
  time?: unknown;
  width?: unknown;
  height?: unknown;
}

interface Camera {
  /** The highest index since the last proof. */
  high: number;
  time: number;
  /** The size of the last image, and the last different size before it. */
  size: string;
  otherSize: string;
  /** Set while the index is below its highest value: the first lower index, and the number of images since then. */
  fallen: { from: number; images: number } | undefined;
  /** The numbers of the latest images that prove a second camera. */
  proofs: number[];
  images: number;
}

/** This many proofs within this many images are needed. A single one may be a restarted stream or a changed setting. */
const PROOFS = 3;
const WITHIN_IMAGES = 200;
const MAX_CAMERAS = 256;
/** The first images of a stream may get lost. */
const RESTART_BELOW = 10;
const RESTART_IMAGES = 5;

/**
 * Detects two cameras that send images under one name, so that they replace each other in a queue. The indexes of one
 * stream increase. Those of two streams fall back again and again (10, 500, 11, 501). If the images have no index, two
 * alternating sizes are the proof.
 */
export class CameraWatch {
  readonly #cameras = new RecentMap<string, Camera>(MAX_CAMERAS);

  /** Adds an image. Returns whether two cameras use the name at present. */
  isShared(name: string, mark: ImageMark): boolean {
    const camera = this.#cameras.get(name) ?? {
      ...{ high: -1, time: -Infinity, size: "", otherSize: "", fallen: undefined },
      ...{ proofs: [], images: 0 },
    };
    this.#cameras.set(name, camera);
    camera.images++;
    // The sizes of indexed images prove nothing: a flow may crop them.
    const isProof = typeof mark.index === "number" ? isInterleaved(camera, mark) : isOtherSize(camera, mark);
    if (isProof) camera.proofs.push(camera.images);
    camera.proofs = camera.proofs.filter((image) => image > camera.images - WITHIN_IMAGES).slice(-PROOFS);
    return camera.proofs.length === PROOFS;
  }
}

/** Tells whether the index, after a later image with a lower one, is above its highest value again. */
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

/** Tells whether the stream was restarted: it counts from 0 and needs several images to exceed its highest index. */
function isRestart({ from, images }: NonNullable<Camera["fallen"]>): boolean {
  return from < RESTART_BELOW && images >= RESTART_IMAGES;
}

/** Tells whether the size is back at the one before. A camera that is set to another resolution keeps it. */
function isOtherSize(camera: Camera, { width, height }: ImageMark): boolean {
  if (typeof width !== "number" || typeof height !== "number") return false;
  const size = `${width}x${height}`;
  if (size === camera.size) return false;
  const isBack = size === camera.otherSize;
  camera.otherSize = camera.size;
  camera.size = size;
  return isBack;
}
