/** What the editor asks the runtime about ISAPI devices. */
import type { ToldEvents } from "./arming-lines";

export interface EditorChannel {
  id: string;
  name?: string;
}

export interface TestedDevice extends ToldEvents {
  model?: string;
  firmware?: string;
  channels: EditorChannel[];
}

export interface FoundDevice {
  url: string;
  mac?: string;
  model?: string;
  activated: boolean;
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
