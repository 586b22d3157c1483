import { offerChannels } from "../../isapi/editor/channels";
import { fieldOf, isAbsent, isChosen, isUrl, type Field } from "../../kit/editor/validators";

const isRtspUrl = isUrl("rtsps?");

/** Tells whether the URL is valid. Only the source `url` needs one: the default of flows older than the setting. */
export function isStreamUrl(this: object, url: Field): boolean {
  const source = fieldOf(this, "source") ?? "url";
  return source !== "url" || (!isAbsent(url) && isRtspUrl(url));
}

/** Tells whether the device is valid. Only the source `isapi` needs one: the editor must not require it elsewhere. */
export function isStreamDevice(this: object, id: unknown): boolean {
  return fieldOf(this, "source") !== "isapi" || isChosen(id);
}

/**
 * Shows only the rows of a dialog that fit the source of the stream. Rows of one source have the class
 * `stream-source-<source>`. The rows for the login and for autostart belong to several sources.
 */
export function prepareStreamSource(): void {
  const source = $("#node-input-source");
  source.on("change", () => {
    const chosen = String(source.val());
    $(".stream-source-url").toggle(chosen === "url");
    $(".stream-source-isapi").toggle(chosen === "isapi");
    $(".stream-source-msg").toggle(chosen === "msg");
    $(".stream-source-login").toggle(chosen !== "isapi");
    $(".stream-source-autostart").toggle(chosen !== "msg");
    // The validity of both fields depends on the source: the editor checks them again.
    $("#node-input-url, #node-input-device").trigger("change");
  });
  offerChannels($("#node-input-channel"), $("#node-input-device"), { streams: true });
  source.trigger("change");
}
