import assert from "node:assert/strict";
import { armingLines, type EditorEvent } from "../../../nodes/isapi-config/editor/arming-lines";
import catalogue from "../../../locales/en-US/isapi-config.json";

/** Translates like the editor. */
const translate = (key: string, values: Record<string, string> = {}): string => {
  const [, name = ""] = key.split(".");
  const text = (catalogue.test as Record<string, string>)[name] ?? key;
  return text.replace(/__(\w+)__/g, (_all, value: string) => values[value] ?? "?");
};
const vmd = (channel: string, armed: boolean, linked: boolean, channelName?: string): EditorEvent => ({
  ...{ event: "VMD", channel, armed, linked },
  ...(channelName !== undefined && { channelName }),
});

describe("the connection test's lines about a device's events", () => {
  it("list the sent events, and the others with the operation that switches them on", () => {
    const [sent, missing, ...others] = armingLines(
      { events: [vmd("1", true, true, "Gate"), vmd("2", true, false), vmd("3", false, false)] },
      translate,
    );
    assert.equal(sent, "Detected and sent as alarms: VMD on 1 Gate");
    assert.match(missing ?? "", /Notify Surveillance Center.*: VMD on 2\. .*notifyCenter/);
    assert.deepEqual(others, []);
  });

  it("report that nothing is detected", () => {
    assert.deepEqual(armingLines({ events: [vmd("1", false, true)] }, translate), [
      "No event detection is switched on.",
    ]);
  });

  it("report why the events are unknown", () => {
    assert.deepEqual(armingLines({ eventsError: "not permitted" }, translate), [
      "The list of sent events could not be read: not permitted",
    ]);
  });
});
