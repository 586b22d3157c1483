/** An alarm as the gateway received it. */
export interface ReceivedAlarm {
  /** ISO 8601 */
  time: string;
  text: string;
}

/**
 * Formats an alarm as one line. The default template of hcp-alarm-out separates its fields with bars, in this order:
 * rule | event type | label | score | camera | channel | time of the frame.
 */
export function alarmLine({ time, text }: ReceivedAlarm): string {
  const [, , label = "?", score = "", camera = "?", , frameTime = ""] = text
    .split("|")
    .map((part) => part.trim());
  const latency = Date.parse(time) - Date.parse(frameTime);
  return [
    new Date(time).toTimeString().slice(0, 8),
    label.padEnd(12),
    Number(score).toFixed(2),
    camera.padEnd(14),
    Number.isFinite(latency) ? `${latency} ms` : "no frame time",
  ].join("  ");
}
