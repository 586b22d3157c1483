import type { CommonEventType } from "../events";

export interface EventKind {
  type: CommonEventType;
  description: string;
}

const kind = (type: CommonEventType, description: string): EventKind => ({ type, description });

const intrusion = kind("intrusion", "Perimeter intrusion");
const lineCrossing = kind("lineCrossing", "Line crossing");
const licensePlate = kind("licensePlate", "License plate");
const face = kind("face", "Face detection");
const metadata = kind("videoMetadata", "Video metadata");
const countByLine = kind("objectCounting", "Objects counted at a line");
const countByArea = kind("objectCounting", "Objects counted in an area");
const crowd = kind("peopleDensity", "Crowd density");
const unknown = kind("unknown", "Unknown event");

/**
 * The event of each `smartType`, by its name in lower case: first those of cameras (firmware up to 5.2, then 5.3.1),
 * then those of recorders. `VEHICE` is the firmware's spelling.
 */
const smartTypes = new Map<string, EventKind>(
  Object.entries({
    motion: kind("motion", "Motion"),
    sensor: kind("alarmInput", "External sensor"),
    pea: intrusion,
    perimeter: intrusion,
    tripwire: lineCrossing,
    avd: kind("tamper", "Abnormal video"),
    osc: kind("objectLeftOrRemoved", "Object left or removed"),
    cpc: kind("peopleCounting", "People counting"),
    cdd: crowd,
    ipd: kind("intrusion", "People intrusion"),
    vfd: face,
    vfd_match: kind("faceMatch", "Face match"),
    vehice: licensePlate,
    vehicle: licensePlate,
    aoientry: kind("regionEntrance", "Region entered"),
    aoileave: kind("regionExit", "Region left"),
    passlinecount: countByLine,
    traffic: countByArea,
    falling: kind("fallingObject", "Falling object"),
    ea: kind("twoWheeler", "Motorcycle or bicycle"),
    vsd: metadata,

    fire: kind("fire", "Fire"),
    temperature: kind("temperature", "Temperature"),
    pvd: kind("parking", "Illegal parking"),
    loiter: kind("loitering", "Loitering"),
    asd: kind("audio", "Abnormal sound"),
    smd: kind("motion", "Smart motion"),
    crowdgathering: kind("gathering", "Crowd gathering"),

    regionintrusion: intrusion,
    linecrossing: lineCrossing,
    targetcountingbyline: countByLine,
    targetcountingbyarea: countByArea,
    videometadata: metadata,
    videofacedetect: face,
  }),
);

/** The events of names that occur only in alarm states, in lower case and without the word `Alarm`. */
const statusNames = new Map<string, EventKind>(
  Object.entries({
    clarityabnormal: kind("tamper", "Blurred video"),
    colorabnormal: kind("tamper", "Video with a colour cast"),
    scenechange: kind("tamper", "Changed scene"),
    passline: countByLine,
    chloffline: kind("deviceOffline", "Camera offline"),
    videoloss: kind("videoLoss", "Video loss"),
    loitering: kind("loitering", "Loitering"),
    sensorin: kind("alarmInput", "Alarm input"),
    vfdmatch: kind("faceMatch", "Face match"),
    soundabruptup: kind("audio", "Sudden noise"),
    soundabruptdown: kind("audio", "Sudden silence"),
    chlvideoloss: kind("videoLoss", "Video loss"),
    ipconflict: kind("network", "Conflict of addresses"),
    illegalaccess: kind("illegalAccess", "Illegal access"),
  }),
);
/** `diskFull`, `diskError` and every other failure of a disk. */
const disk = kind("storage", "Disk");

/** Returns the event of a smartType as sent, such as `VEHICE`; `unknown` for other texts. */
export function kindOfSmartType(smartType: string): EventKind {
  return smartTypes.get(smartType.toLowerCase()) ?? unknown;
}

/** Returns the event of an element in `alarmStatusInfo`, such as `perimeterAlarm` or `sceneChange`. */
export function kindOfAlarm(field: string): EventKind {
  const name = field.toLowerCase().replace(/alarm(?=in$|$)/, "");
  return statusNames.get(name) ?? smartTypes.get(name) ?? (name.startsWith("disk") ? disk : unknown);
}

/** The second event of `PEA`: the content of the post decides between the two. */
export const peaByLine = lineCrossing;

const labels = new Map([
  ["1", "person"],
  ["2", "car"],
  ["4", "motor"],
]);

/** Returns the label of a targetType: 1, 2 or 4 in older firmware, a word in newer firmware. */
export function labelOf(targetType: string): string {
  return labels.get(targetType) ?? targetType;
}
