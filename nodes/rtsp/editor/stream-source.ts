import { offerChannels } from "../../isapi/editor/channels";
import { fieldOf, isAbsent, isChosen, isUrl, type Field } from "../../kit/editor/validators";

const isRtspUrl = isUrl("rtsps?");

/** The URL counts only where the stream comes from one. A flow older than the setting has its stream from a URL. */
export function isStreamUrl(this: object, url: Field): boolean {
  const source = fieldOf(this, "source") ?? "url";
  return source !== "url" || (!isAbsent(url) && isRtspUrl(url));
}

/** The device counts only where the stream is a device's: the editor must not ask everybody else for one. */
export function isStreamDevice(this: object, id: unknown): boolean {
  return fieldOf(this, "source") !== "isapi" || isChosen(id);
}

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
    // What is missing depends on the source: the editor looks again.
    $("#node-input-url, #node-input-device").trigger("change");
  });
  offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: true });
  source.trigger("change");
}
