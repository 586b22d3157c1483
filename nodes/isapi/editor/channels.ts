export interface EditorChannel {
  id: string;
  name?: string;
}

/**
 * Suggests the chosen device's channels while the user types. Without a deployed device, there are no suggestions.
 *
 * @param options.streams suggest streams (101, 102) instead of channels
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
      (response: { channels: EditorChannel[] }) => {
        for (const { id: channel, name = "" } of response.channels) {
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
