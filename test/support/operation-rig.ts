import assert from "node:assert/strict";
import { IsapiClient } from "../../src/isapi/connection/client";
import { findOperation, type OperationParameters } from "../../src/isapi/operations/catalogue";
import { runOperation, type OperationResponse } from "../../src/isapi/operations/run";
import { SimulatedSettings, type SettingsOptions } from "../servers/isapi/settings";
import { SimulatedDevice, type DeviceOptions } from "../servers/isapi-device";

export interface OperationRigOptions {
  settings?: Partial<SettingsOptions>;
  device?: Partial<DeviceOptions>;
  password?: string;
}

/** A device with settings, and a client that runs operations on it. */
export class OperationRig {
  readonly device: SimulatedDevice;
  readonly settings: SimulatedSettings;
  readonly client: IsapiClient;

  static async start(options: OperationRigOptions = {}): Promise<OperationRig> {
    const device = await SimulatedDevice.start({ channels: ["Gate", "Yard"], ...options.device });
    return new OperationRig(device, options);
  }

  private constructor(device: SimulatedDevice, { settings, password = "s3cret:pass" }: OperationRigOptions) {
    this.device = device;
    this.settings = new SimulatedSettings(device, settings);
    this.client = new IsapiClient({ url: device.url, username: "flow", password, timeout: 1 });
  }

  async end(): Promise<void> {
    await this.client.close();
    await this.device.close();
  }

  run(
    id: string,
    parameters: Partial<OperationParameters> = {},
    more: { time?: number; signal?: AbortSignal } = {},
  ): Promise<OperationResponse> {
    const operation = findOperation(id);
    assert.ok(operation);
    const preset: OperationParameters = {
      ...{ channel: "1", port: "1", event: "VMD", metadataType: "", state: "read" },
      ...parameters,
    };
    return runOperation(this.client, {
      operation,
      parameters: preset,
      time: Date.parse("2026-07-01T12:00:00Z"),
      ...more,
    });
  }

  /** Returns the paths of requests with this method, except those that failed to log in. */
  sent(method: string): string[] {
    return this.device.requests
      .filter((each) => each.method === method && each.status !== 401)
      .map(({ url }) => url);
  }

  /** Returns a document of the device. */
  document(path: string): string {
    return this.settings.documents.get(path) ?? "";
  }
}

/** Removes whitespace between elements, to compare documents. */
export function assertSame(actual: string, expected: string): void {
  const essence = (xml: string): string => xml.replace(/>\s+</g, "><").trim();
  assert.equal(essence(actual), essence(expected));
}
