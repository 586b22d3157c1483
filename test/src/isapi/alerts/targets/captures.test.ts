import assert from "node:assert/strict";
import { readAlert, type Alert } from "../../../../../src/isapi/alerts/alert";
import { captured, mixedTargets } from "../../../../servers/isapi/alert-documents";
import { alertJson, type AlertFields } from "../../../../servers/isapi/alerts";

const json = (fields: object): Alert =>
  readAlert(
    { kind: "json", headers: {}, body: Buffer.from(alertJson(fields as AlertFields)) },
    { host: "camera.test", now: 0 },
  );

describe("the targets of a mixed-target report", () => {
  it("have label, box and id, and the plate as text", () => {
    const { type, momentary, targets } = json(
      mixedTargets(
        {
          targetID: 1,
          Human: captured([0.25, 0.5, 0.125, 0.25], "human"),
          Face: captured([0.25, 0.5, 0.0625, 0.0625], "face"),
        },
        {
          targetID: 2,
          Vehicle: captured([0.5, 0.25, 0.25, 0.25], "vehicle", {
            plateNo: "0012345",
            Property: [
              { description: "vehicleType", value: "SUVMPV" },
              { description: "vehicleColor", value: "red" },
            ],
          }),
        },
        { targetID: 3, NonMotor: captured([0, 0, 0.125, 0.125], "nonMotor") },
      ),
    );
    assert.deepEqual([type, momentary], ["videoMetadata", true]);
    assert.deepEqual(targets, [
      { label: "human", id: "1", box: { x: 0.25, y: 0.5, width: 0.125, height: 0.25 } },
      { label: "face", id: "1", box: { x: 0.25, y: 0.5, width: 0.0625, height: 0.0625 } },
      {
        label: "vehicle",
        id: "2",
        box: { x: 0.5, y: 0.25, width: 0.25, height: 0.25 },
        plate: "0012345",
        attributes: { vehicleType: "SUVMPV", vehicleColor: "red" },
      },
      { label: "nonmotor", id: "3", box: { x: 0, y: 0, width: 0.125, height: 0.125 } },
    ]);
  });

  it("have the plate of the vehicle's properties, too, and omit one that the camera could not read", () => {
    const plateOf = (value: string): string | undefined =>
      json(
        mixedTargets({
          Vehicle: { Property: [{ description: "licensePlate", value }] },
        }),
      ).targets[0]?.plate;
    assert.deepEqual([plateOf("12E4567"), plateOf("unknown")], ["12E4567", undefined]);
  });

  it("expect each image once, although it has two names", () => {
    const { images } = json(mixedTargets({ targetID: 1, Human: captured([0, 0, 1, 1], "human") }));
    assert.equal(images.expected, 2);
    assert.deepEqual(
      ["humanimage", "humanbackgroundimage", "human0001"].map((name) => images.names.get(name)),
      ["target", "overview", "target"],
    );
  });
});
