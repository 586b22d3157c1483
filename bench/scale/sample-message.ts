/** Returns a message with a common event without images. @param count makes it different from the others */
export function sampleMessage(count: number): object {
  const time = new Date().toISOString();
  return {
    topic: "isapi/bench",
    payload: {
      ...{ source: "isapi", type: "motion", vendorType: "VMD", state: "pulse", id: `bench-${count}` },
      ...{ time, receivedTime: time },
      device: { name: `Camera ${count % 50}`, host: "192.0.2.7" },
      channel: { id: "1" },
      targets: [{ label: "person", score: 0.87, box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 } }],
      images: [],
      details: { eventType: "VMD", activePostCount: "1" },
    },
  };
}
