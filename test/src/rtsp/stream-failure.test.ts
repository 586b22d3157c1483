import assert from "node:assert/strict";
import type { SurveillanceError } from "../../../src/core/errors";
import { streamFailure } from "../../../src/rtsp/stream-failure";

function failureOf(stderrTail: string): SurveillanceError {
  return streamFailure("gate", { ending: "exit code 1", stderrTail }, "image");
}

describe("streamFailure", () => {
  const cases: [stderrTail: string, code: string][] = [
    [
      "[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized; pipe:0: Server returned 401 Unauthorized",
      "RTSP_UNAUTHORIZED",
    ],
    ["[rtsp @ 0x1] method DESCRIBE failed: 403 Forbidden", "RTSP_UNAUTHORIZED"],
    ["[rtsp @ 0x1] method DESCRIBE failed: 404 Not Found", "RTSP_NOT_FOUND"],
    ["[rtsp @ 0x1] method SETUP failed: 461 Unsupported transport", "RTSP_TRANSPORT"],
    ["[tcp @ 0x1] Failed to resolve hostname nowhere: Name or service not known", "HOST_UNKNOWN"],
    [
      "[tcp @ 0x1] Connection to tcp://10.0.0.2:554?timeout=0 failed: Connection refused",
      "CONNECTION_REFUSED",
    ],
    ["[tcp @ 0x1] Connection to tcp://10.0.0.2:554?timeout=0 failed: No route to host", "CONNECTION_REFUSED"],
    ["pipe:0: Connection timed out", "TIMEOUT"],
    ["[tls @ 0x1] IO error: Connection timed out; pipe:0: Connection timed out", "TLS_FAILED"],
    ["[tls @ 0x1] error:0A0000C6:SSL routines::packet length too long", "TLS_FAILED"],
    ["[in#0 @ 0x1] Error opening input: Invalid data found when processing input", "RTSP_FAILED"],
    ["[rtsp @ 0x1] method PLAY failed: 455 Method Not Valid in This State", "RTSP_NO_VIDEO"],
    ["Stream map '0:v:0' matches no streams.", "RTSP_NO_VIDEO"],
    ["Device creation failed: -542398533.", "RTSP_FAILED"],
    ["", "RTSP_FAILED"],
  ];
  for (const [stderrTail, code] of cases)
    it(`reads ${code} from "${stderrTail}"`, () => {
      const error = failureOf(stderrTail);
      assert.equal(error.code, code);
      assert.ok(error.message.startsWith("gate: ") && !error.message.includes("0x1"));
    });

  it("reports the failure, then the advice, then the output of ffmpeg", () => {
    const { message } = failureOf("pipe:0: Server returned 404 Not Found");
    assert.match(
      message,
      /^gate: the camera has no stream at that path \(exit code 1\)\. Check the path.* ffmpeg output: pipe:0: Server returned 404 Not Found\.$/,
    );
  });

  it("removes memory addresses from the output of ffmpeg", () => {
    const { message } = failureOf("[rtsp @ 0x55E401ff4040] broken; [in#0 @ 0x7f] lost");
    assert.match(message, /ffmpeg output: \[rtsp\] broken; \[in#0\] lost\.$/);
  });

  it("does not read a status code from a path or an address", () => {
    const stderrTail = "Impossible to open 'rtsp://cam/Streaming/Channels/401'; pipe:0: Connection refused";
    assert.equal(failureOf(stderrTail).code, "CONNECTION_REFUSED");
    assert.equal(failureOf("[rtsp @ 0x55e401ff4040] broken").code, "RTSP_FAILED");
  });
});
