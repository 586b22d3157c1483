import type { Candidate } from "../families/family";

/**
 * Applies non-maximum suppression within each class: of boxes that overlap by more than `iou`, it keeps the best one.
 *
 * @param iou 0..1, intersection over union
 * @param limit the maximum number of results
 * @returns the kept candidates, best first
 */
export function suppress(candidates: readonly Candidate[], iou: number, limit: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of best(candidates)) {
    if (kept.length >= limit) break;
    const covered = kept.some(
      (other) => other.classId === candidate.classId && overlap(other, candidate) > iou,
    );
    if (!covered) kept.push(candidate);
  }
  return kept;
}

/** Returns the candidates with the best score first. Equal scores keep the model's order. */
export function best(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted((a, b) => b.score - a.score);
}

/** Returns the intersection over union of two boxes, 0..1. */
export function overlap(a: Candidate, b: Candidate): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (area(a) + area(b) - both);
}

function area({ x1, y1, x2, y2 }: Candidate): number {
  return (x2 - x1) * (y2 - y1);
}
