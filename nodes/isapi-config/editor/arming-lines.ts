export interface EditorEvent {
  event: string;
  channel?: string;
  channelName?: string;
  armed?: boolean;
  linked: boolean;
}

/** The events that a device is set to send; `events` is missing if they cannot be read. */
export interface DeviceEvents {
  events?: EditorEvent[];
  eventsError?: string;
}

/** Returns lines with the events that the device sends and does not send. They explain a connection without alerts. */
export function armingLines(
  { events, eventsError = "" }: DeviceEvents,
  translate: (key: string, values?: Record<string, string>) => string,
): string[] {
  if (events === undefined) return [translate("test.armingUnknown", { error: eventsError })];
  const on = events.filter(({ armed }) => armed);
  const line = (key: string, chosen: EditorEvent[]): string[] => {
    const list = chosen
      .map(({ event, channel = "", channelName }) =>
        translate("test.eventOn", { event, channel: channelName ? `${channel} ${channelName}` : channel }),
      )
      .join(", ");
    return chosen.length === 0 ? [] : [translate(key, { list })];
  };
  return [
    ...line(
      "test.armed",
      on.filter(({ linked }) => linked),
    ),
    ...line(
      "test.unlinked",
      on.filter(({ linked }) => !linked),
    ),
    ...(on.length === 0 ? [translate("test.noneArmed")] : []),
  ];
}
