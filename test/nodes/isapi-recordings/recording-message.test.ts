import assert from "node:assert/strict";
import { options } from "../../../nodes/isapi-recordings/options";
import { overridesIn, spanOf } from "../../../nodes/isapi-recordings/recording-message";
import { readOptions } from "../../../nodes/kit/read-options";

describe("the track and time of a message", () => {
  const config = { track: "101", start: "2026-05-04T00:00:00", end: "2026-05-04T01:00:00" };
  const found = { track: "201", start: "2026-05-04T08:00:00", end: "2026-05-04T08:10:00" };

  const spanIn = (payload: unknown) => spanOf(readOptions(options, config, overridesIn({ payload })));

  it("are those of a found recording, even if it cannot be downloaded", () => {
    for (const more of [{ playbackUri: "rtsp://h/Streaming/tracks/201" }, { downloadable: false }])
      assert.deepEqual(spanIn({ ...found, ...more }), { ...found, type: undefined });
  });

  it("are those of the node for other payloads", () => {
    for (const payload of [found, "text", undefined])
      assert.deepEqual(spanIn(payload), { ...config, type: undefined });
  });
});
