import { offerChannels } from "./isapi-devices";

/**
 * Shows of a dialog only the rows that fit where the stream comes from. Rows of a source have the class
 * `stream-source-<source>`; those of user name and password, and of starting with the flow, are of several.
 */
export function prepareStreamSource(): void {
  const source = $("#node-input-source");
  source.on("change", () => {
    const chosen = String(source.val());
    $(".stream-source-url").toggle(chosen === "url");
    $(".stream-source-isapi").toggle(chosen === "isapi");
    $(".stream-source-login").toggle(chosen !== "isapi");
    $(".stream-source-autostart").toggle(chosen !== "msg");
  });
  offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: true });
  source.trigger("change");
}
