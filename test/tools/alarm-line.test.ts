import assert from "node:assert/strict";
import { alarmLine } from "../../demo/alarm-line";
import { DEFAULT_TEXT } from "../../src/hcp/defaults";
import { renderText } from "../../src/hcp/alarms/template";

describe("the demo's alarm line", () => {
  it("shows label, score, camera and the time from frame to alarm of the default template", () => {
    const payload = {
      type: "intrusion",
      targets: [{ label: "head", score: 0.8312 }],
      device: { name: "Yard" },
      channel: { id: "1" },
      time: "2026-03-04T05:06:07.100Z",
    };
    const text = renderText(DEFAULT_TEXT, { rule: "No helmet", payload });
    const line = alarmLine({ time: "2026-03-04T05:06:07.450Z", text });
    assert.match(line, /^\d\d:\d\d:07 {2}head {10}0\.83 {2}Yard {12}350 ms$/);
  });
});
