import assert from "node:assert/strict";
import { inputScript, type InputOptions } from "../../../src/rtsp/ffmpeg-input";

const options: InputOptions = { transport: "tcp", timeout: 5 };

describe("inputScript", () => {
  it("quotes the URL, so that it cannot end its line", () => {
    const script = inputScript("rtsp://cam/it's\\here", options, ["video"]);
    assert.match(script, /^ffconcat version 1\.0\nfile 'rtsp:\/\/cam\/it'\\''s\\here'\noption /);
  });

  it("writes the timeout in microseconds", () => {
    assert.match(inputScript("rtsp://cam/1", options, ["video"]), /\noption timeout 5000000\n/);
  });

  it("sets up only the requested tracks", () => {
    assert.match(
      inputScript("rtsp://cam/1", options, ["video", "data"]),
      /\noption allowed_media_types video\+data\n/,
    );
  });
});
