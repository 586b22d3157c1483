import type { PixelBox, ImageSize } from "../../media/frame";
import { normalise, type Sighting } from "./sightings";

/** The label of a person without a helmet, also used by models that have such a class. */
const NO_HELMET = "no_helmet";

export interface HelmetOptions {
  /** Labels of the model's classes for people, lower case. */
  personLabels: readonly string[];
  /** Labels of the model's classes for helmets, lower case. */
  helmetLabels: readonly string[];
  /** 0..1 of the image's height. On smaller people, detectors do not find helmets reliably. */
  minPersonHeight: number;
}

/** The head takes the top seventh of a standing person. If a person bends or is cut off at the knees, up to a third. */
const HEAD_HEIGHT = 0.3;
/** Helmets may exceed the person's box by this part of its width at each side, and of its height at the top. */
const MARGIN_X = 0.2;
const MARGIN_TOP = 0.1;
/** The object of a box this close to the image's edge may continue outside (0..1 of the image). */
const EDGE = 0.01;

/**
 * Derives people without a helmet for models that detect people and helmets only. It returns each person without the
 * centre of a helmet in the head region of the box: labelled `no_helmet`, with the person's box and score.
 *
 * In doubt it does not report a person. Helmets of any score and any person count. People are ignored if they are too
 * small, or if their head may be outside the image (box at the top or a side edge).
 */
export function withoutHelmet(
  sightings: readonly Sighting[],
  size: ImageSize,
  options: HelmetOptions,
): Sighting[] {
  const labelled = (labels: readonly string[]): Sighting[] =>
    sightings.filter(({ label }) => labels.includes(label.toLowerCase()));
  const helmets = labelled(options.helmetLabels);
  return labelled(options.personLabels)
    .filter(({ box }) => showsHead(box, size, options.minPersonHeight))
    .filter(({ box }) => !helmets.some((helmet) => isOnHead(helmet.box, box)))
    .map(({ score, box }) => ({ label: NO_HELMET, score, box }));
}

function showsHead(person: PixelBox, size: ImageSize, minHeight: number): boolean {
  const box = normalise(person, size);
  return (
    person.height >= minHeight * size.height && box.y > EDGE && box.x > EDGE && box.x + box.width < 1 - EDGE
  );
}

function isOnHead(helmet: PixelBox, person: PixelBox): boolean {
  const x = helmet.x + helmet.width / 2;
  const y = helmet.y + helmet.height / 2;
  return (
    x >= person.x - MARGIN_X * person.width &&
    x <= person.x + (1 + MARGIN_X) * person.width &&
    y >= person.y - MARGIN_TOP * person.height &&
    y <= person.y + HEAD_HEIGHT * person.height
  );
}
