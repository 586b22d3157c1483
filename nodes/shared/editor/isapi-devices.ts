/** What the editor asks the runtime about ISAPI devices. */

export interface EditorChannel {
  id: string;
  name?: string;
}

export interface TestedDevice {
  model?: string;
  firmware?: string;
  channels: EditorChannel[];
  /** What it is set to tell; missing where that could not be read. */
  events?: EditorEvent[];
  eventsError?: string;
}

export interface EditorEvent {
  event: string;
  channel?: string;
  channelName?: string;
  armed?: boolean;
  linked: boolean;
}

export interface FoundDevice {
  url: string;
  mac?: string;
  model?: string;
  activated: boolean;
}

/** Which events come, and which do not: "connected, but no alerts" is nearly always this. */
export function armingLines(
  { events, eventsError = "" }: TestedDevice,
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

/**
 * Offers the chosen device's channels while the user types; without a deployed device, nothing is offered.
 *
 * @param streams offer streams (101, 102) instead of channels
 */
export function offerChannels(input: JQuery, device: JQuery, { streams }: { streams: boolean }): void {
  const list = $("<datalist>")
    .attr("id", `${String(input.attr("id"))}-channels`)
    .insertAfter(input);
  input.attr("list", String(list.attr("id")));
  const fill = (): void => {
    const id = String(device.val() ?? "");
    list.empty();
    if (id === "" || id === "_ADD_") return;
    void $.getJSON(
      `isapi-config/${encodeURIComponent(id)}/channels`,
      (answer: { channels: EditorChannel[] }) => {
        for (const { id: channel, name = "" } of answer.channels) {
          for (const value of streams ? [`${channel}01`, `${channel}02`] : [channel]) {
            $("<option>").val(value).text(name).appendTo(list);
          }
        }
      },
    );
  };
  device.on("change", fill);
  fill();
}
