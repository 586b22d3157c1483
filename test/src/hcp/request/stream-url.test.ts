import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { streamUrl } from "../../../../src/hcp/request/stream-url";

const preview = "/artemis/api/video/v1/cameras/previewURLs";

describe("the URL of a stream", () => {
  it("is in the response of preview, playback and talk", () => {
    for (const kind of ["preview", "playback", "talk"]) {
      const path = `/artemis/api/video/v1/cameras/${kind}URLs`;
      assert.equal(streamUrl(path, { url: " rtsp://10.0.0.5:554/EUrl/x1 " }), "rtsp://10.0.0.5:554/EUrl/x1");
    }
    assert.equal(streamUrl("/api/video/v1/cameras/previewURLs?a=1", { url: "rtsp://h/1" }), "rtsp://h/1");
  });

  it("is an error with advice if only the vendor's players support it", () => {
    for (const kind of ["[sms:preview]", "[sms:playback]", " [sms:voicetalk]"]) {
      assert.throws(
        () => streamUrl(preview, { url: `${kind}rtsp://10.0.0.5:554/hikvision://10.0.0.9:8001:0:0` }),
        {
          code: "HCP_STREAM_PROPRIETARY",
          message: /rtsp_s/,
        },
      );
    }
  });

  it("is undefined for other operations, and without a URL", () => {
    assert.equal(streamUrl("/api/resource/v1/cameras", { url: "rtsp://h/1" }), undefined);
    for (const data of [{}, { url: "" }, "", null, undefined, { url: 5 }]) {
      assert.equal(streamUrl(preview, data), undefined);
    }
  });
});
