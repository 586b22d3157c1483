import { isFields, listOf, type Fields } from "../record";

/** The regions an alert is about: a list in XML, a list of objects with one field each in JSON. */
export function regionEntries(alert: Fields): Fields[] {
  const list = alert.DetectionRegionList;
  return listOf(isFields(list) ? (list.DetectionRegionEntry ?? list) : list).flatMap((entry) =>
    entry.DetectionRegionEntry === undefined ? [entry] : listOf(entry.DetectionRegionEntry),
  );
}
