/** The documents of a thermal camera's metadata track, as the thermal guide's chapter "Metadata" shows them. */

export interface MeasuredRule {
  id: number;
  /** °C */
  highest: number;
  lowest: number;
  average: number;
}

export interface SeenFire {
  /** Metres */
  distance: number;
  /** °C */
  temperature: number;
}

interface Common {
  time?: string;
  channel?: number;
}

/** Returns a document of rules for the middle of the image, with fixed highest and lowest points. */
export function thermometryDocument(
  rules: readonly MeasuredRule[],
  { unit = "centigrade", ...common }: Common & { unit?: string } = {},
): string {
  const targets = rules.flatMap(({ id, highest, lowest, average }) =>
    (
      [
        [
          "average",
          average,
          [
            [250, 300],
            [750, 300],
            [750, 800],
            [250, 800],
          ],
        ],
        ["lowest", lowest, [[300, 700]]],
        ["highest", highest, [[600, 400]]],
      ] as const
    ).map(([property, value, points]) =>
      target(`<ruleID>${id}</ruleID>`, points, { tempValue: value, tempUnit: unit, tempProperty: property }),
    ),
  );
  return metadata("thermometry", targets, common);
}

/** Returns a document of fires: for each, place and distance, then the hottest point. */
export function fireDocument(fires: readonly SeenFire[], common: Common = {}): string {
  const targets = fires.flatMap(({ distance, temperature }) => [
    target(
      "",
      [
        [100, 500],
        [200, 500],
        [200, 700],
        [100, 700],
      ],
      { distance },
    ),
    target("", [[150, 600]], { tempValue: temperature, tempUnit: "centigrade", tempProperty: "highest" }),
  ]);
  return metadata("fireDetection", targets, common);
}

function metadata(
  subType: string,
  targets: readonly string[],
  { time = "2026-05-04T09:08:07+02:00", channel = 2 }: Common,
): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Metadata version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">',
    `<type>activityTarget</type><subType>${subType}</subType><time>${time}</time>`,
    "<DevInfo><ipAddress>192.0.2.77</ipAddress><portNo>554</portNo>",
    `<macAddress>00:00:5e:00:53:2a</macAddress><channel>${channel}</channel></DevInfo>`,
    `<TargetDetection><TargetList>${targets.join("")}</TargetList></TargetDetection>`,
    "</Metadata>",
  ].join("\r\n");
}

function target(
  head: string,
  points: readonly (readonly [number, number])[],
  properties: Readonly<Record<string, string | number>>,
): string {
  const corners = points.map(([x, y]) => `<Point><x>${x}</x><y>${y}</y></Point>`).join("");
  const list = Object.entries(properties)
    .map(([name, value]) => `<Property><description>${name}</description><value>${value}</value></Property>`)
    .join("");
  return (
    `<Target>${head}<RegionList><Region>${corners}</Region></RegionList>` +
    `<PropertyList>${list}</PropertyList></Target>`
  );
}
