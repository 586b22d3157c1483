import { SurveillanceError } from "../../core/errors";

/** `/api/video/v1/cameras/previewURLs`, `…/playbackURLs`, `…/talkURLs` */
const VIDEO_URLS = /\/api\/video\/v\d+\/cameras\/(?:preview|playback|talk)URLs$/;

/**
 * Returns the stream URL in a response of `previewURLs`, `playbackURLs` or `talkURLs` (guide, 5.4.4 to 5.4.6). Returns
 * undefined for all other operations, and for a response without a URL.
 *
 * @param path of the operation
 * @throws {SurveillanceError} HCP_STREAM_PROPRIETARY for URLs such as `[sms:preview]rtsp://…`, which only the vendor's
 *   players support
 */
export function streamUrl(path: string, data: unknown): string | undefined {
  if (!VIDEO_URLS.test(path.replace(/\?.*/s, "")) || typeof data !== "object" || data === null) {
    return undefined;
  }
  const { url } = data as Record<string, unknown>;
  if (typeof url !== "string" || url === "") return undefined;
  const [kind] = /^\s*\[[^\]]*\]/.exec(url) ?? [];
  if (kind !== undefined) {
    throw new SurveillanceError(
      "HCP_STREAM_PROPRIETARY",
      `The address from ${path} begins with ${kind.trim()}, which only the vendor's players support.`,
      { advice: 'Request standard RTSP: set "protocol": "rtsp_s" in the body.' },
    );
  }
  return url.trim();
}
