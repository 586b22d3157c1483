import type { EventTarget } from "../../../events";
import { boxAround, readPoints } from "../../documents/image-regions";
import { definedFields, isFields, listOf, numberOf, textOf, type Fields } from "../../../core/fields";

/**
 * Returns the groups of people in a people-density report. `dataSource` is the reason of the report:
 *
 * - `PDC`, `timing`: statistics with the number of people
 * - `trigger`: the density level changed
 * - `PQA`: too many or too few people
 * - `DSA`: a person stays too long
 */
export function readDensity(alert: Fields): EventTarget[] {
  return listOf(alert.personDensityResult)
    .flatMap((result) => listOf(result.Target))
    .flatMap((target) => {
      const info = target.TargetInfo;
      return isFields(info) ? [readGroup(textOf(target, "recognitionType") ?? "human", info)] : [];
    });
}

function readGroup(label: string, info: Fields): EventTarget {
  const [quantity, stay] = [fieldsOf(info.PQA), fieldsOf(info.DSA)];
  const framesPeopleCounting = numberOf(info, "framesPeopleCounting_number");
  const region = readPoints(quantity.Region ?? stay.Region ?? info.Region);
  const box = boxAround(region);
  const id = textOf(info, "targetID");
  const attributes = definedFields({
    dataSource: textOf(info, "dataSource"),
    count: numberOf(info, "personCnt") ?? framesPeopleCounting ?? numberOf(quantity, "alarmCount"),
    framesPeopleCounting,
    densityLevel: numberOf(info, "densityLevel"),
    densityLevelName: textOf(info, "customName"),
    densityLevelChange: textOf(info, "densityLevelChangeType"),
    condition: textOf(quantity, "countTriggerType") ?? textOf(stay, "timeTriggerType"),
    // Seconds
    staySeconds: numberOf(stay, "alarmTime"),
    regionId: textOf(info, "regionID"),
    regionName: textOf(info, "regionName"),
    region: region.length === 0 ? undefined : region,
  });
  return {
    label: label.toLowerCase(),
    ...(id === undefined ? {} : { id }),
    ...(box === undefined ? {} : { box }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
