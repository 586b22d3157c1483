import assert from "node:assert/strict";
import { frameArguments, type FrameOptions } from "../../../../src/rtsp/frames/frame-arguments";

const options: FrameOptions = { transport: "tcp", fps: 2, format: "jpeg", hwaccel: "none", timeout: 5 };
const version7 = { libavformat: [61, 1] as const };

describe("frameArguments", () => {
  it("uses -vsync for ffmpeg 5.0, and -fps_mode from 5.1 on", () => {
    assert.ok(frameArguments(options, { libavformat: [59, 16] }).includes("-vsync"));
    assert.ok(frameArguments(options, { libavformat: [59, 27] }).includes("-fps_mode"));
    assert.ok(frameArguments(options, version7).includes("-fps_mode"));
  });

  it("sets a chosen hardware decoder before the input", () => {
    assert.ok(!frameArguments(options, version7).includes("-hwaccel"));
    const args = frameArguments({ ...options, hwaccel: "vaapi" }, version7);
    assert.equal(args[args.indexOf("-hwaccel") + 1], "vaapi");
    assert.ok(args.indexOf("-hwaccel") < args.indexOf("-i"));
  });

  it("computes a missing side from the aspect ratio", () => {
    const scaleOf = (size: object): string | undefined =>
      /scale=[-\d:]+/.exec(frameArguments({ ...options, ...size }, version7).join(" "))?.[0];
    assert.equal(scaleOf({}), undefined);
    assert.equal(scaleOf({ width: 640 }), "scale=640:-2");
    assert.equal(scaleOf({ height: 360 }), "scale=-2:360");
    assert.equal(scaleOf({ width: 640, height: 640 }), "scale=640:640");
  });
});
