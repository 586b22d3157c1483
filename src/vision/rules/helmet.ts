import type { PixelBox, ImageSize } from "../../media/frame";
import { normalise, type Sighting } from "./sightings";

/** What a person without a helmet is called, whether the model says so or the rule finds it out. */
const NO_HELMET = "no_helmet";

export interface HelmetOptions {
  /** Labels of the model's classes for people, lower case. */
  personLabels: readonly string[];
  /** Labels of the model's classes for helmets, lower case. */
  helmetLabels: readonly string[];
  /** 0..1 of the image's height: on smaller people a detector does not see a helmet reliably. */
  minPersonHeight: number;
}

/** A standing head takes the top seventh of a person; bent forward or cut off at the knees up to a third. */
const HEAD_HEIGHT = 0.3;
/** Helmets stand out of the person's box: by this part of its width to each side and of its height at the top. */
const MARGIN_X = 0.2;
const MARGIN_TOP = 0.1;
/** A box this close to the image's edge may go on outside (0..1 of the image). */
const EDGE = 0.01;

/**
 * For models that know people and helmets, but not people without one: each person with no helmet's centre in the head
 * region of their box, as a sighting labelled `no_helmet` with the person's box and score.
 *
 * In doubt nobody is reported: a helmet counts whatever its score is and whoever it may belong to, and people who are
 * too small, or whose head may lie outside the image (box at the top or a side edge), are left out.
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
