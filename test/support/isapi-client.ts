import assert from "node:assert/strict";
import { IsapiClient, type IsapiClientOptions } from "../../src/isapi/connection/client";
import { SimulatedDevice, type DeviceOptions } from "../servers/isapi-device";

export interface ClientScene {
  start: (
    device?: Partial<DeviceOptions>,
    client?: Partial<IsapiClientOptions>,
  ) => Promise<{ device: SimulatedDevice; client: IsapiClient }>;
  /** Returns a check for an error: it has this code, and does not contain a password. */
  code: (expected: string) => (error: Error & { code?: string }) => true;
}

/** Devices and clients for the tests of a suite, which are closed after each test. */
export function clientScene(): ClientScene {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((close) => close()));
  });

  async function start(device: Partial<DeviceOptions> = {}, client: Partial<IsapiClientOptions> = {}) {
    const simulated = await SimulatedDevice.start(device);
    const isapi = new IsapiClient({
      url: simulated.url,
      username: simulated.options.username ?? "flow",
      password: "s3cret:pass",
      timeout: 2,
      ...client,
    });
    open.push(
      () => isapi.close(),
      () => simulated.close(),
    );
    return { device: simulated, client: isapi };
  }

  const code = (expected: string) => (error: Error & { code?: string }) => {
    assert.equal(error.code, expected, error.message);
    assert.ok(!error.message.includes("s3cret"), "the message holds the password");
    return true as const;
  };
  return { start, code };
}
