import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "undici";
import { SimulatedDevice, type DeviceOptions } from "./isapi-device";

/** Makes a Digest header, independent of the client's code. The device must refuse wrong fields. */
function authorization(
  challenge: string,
  uri: string,
  change: Record<string, string> = {},
  password = "s3cret:pass",
): string {
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const fields: Record<string, string | undefined> = {
    username: '"flow"',
    realm: `"${field("realm")}"`,
    nonce: `"${field("nonce")}"`,
    uri: `"${uri}"`,
    opaque: '""',
    qop: "auth",
    nc: "00000001",
    cnonce: '"c"',
    ...change,
  };
  const used = (fields.uri ?? "").replaceAll('"', "");
  const user = md5(`flow:${field("realm")}:${password}`);
  fields.response ??= `"${md5(`${user}:${field("nonce")}:${fields.nc ?? ""}:c:auth:${md5(`GET:${used}`)}`)}"`;
  return `Digest ${Object.entries(fields)
    .map(([name, value]) => `${name}=${value ?? ""}`)
    .join(", ")}`;
}

const PATH = "/ISAPI/System/time";

describe("the simulated ISAPI device", () => {
  let device: SimulatedDevice;
  let now = 0;
  afterEach(async () => {
    await device.close();
  });

  async function start(options: Partial<DeviceOptions> = {}): Promise<void> {
    now = Date.now();
    device = await SimulatedDevice.start({ now: () => now, ...options });
  }
  const get = async (path: string, header?: string) => {
    const response = await request(
      device.url + path,
      header === undefined ? {} : { headers: { authorization: header } },
    );
    return { status: response.statusCode, body: await response.body.text(), headers: response.headers };
  };
  const challenge = async (): Promise<string> => String((await get(PATH)).headers["www-authenticate"]);

  it("accepts a correct response to its challenge", async () => {
    await start();
    assert.equal((await get(PATH, authorization(await challenge(), PATH))).status, 200);
  });

  for (const [what, change] of [
    ["another uri", { uri: '"/ISAPI/System"' }],
    ["another algorithm", { algorithm: "SHA-256" }],
    ["another realm", { realm: '"other"' }],
    ["another opaque", { opaque: '"x"' }],
    ["another qop", { qop: "auth-int" }],
    ["a malformed nc", { nc: "1" }],
    ["another nonce", { nonce: '"invented"' }],
    ["another user", { username: '"admin"' }],
    ["a wrong response", { response: '"00000000000000000000000000000000"' }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await start();
      assert.equal((await get(PATH, authorization(await challenge(), PATH, change))).status, 401);
    });
  }

  it("refuses an nc that was used before", async () => {
    await start();
    const header = authorization(await challenge(), PATH);
    assert.equal((await get(PATH, header)).status, 200);
    assert.equal((await get(PATH, header)).status, 401);
  });

  it("refuses Basic if it was not offered", async () => {
    await start();
    const header = `Basic ${Buffer.from("flow:s3cret:pass").toString("base64")}`;
    assert.equal((await get(PATH, header)).status, 401);
  });

  it("locks the account after 5 failures, even for the right password, and restarts the time with each attempt", async () => {
    await start();
    for (let left = 4; left >= 0; left -= 1) {
      const { body } = await get(PATH, authorization(await challenge(), PATH, {}, "wrong"));
      assert.match(
        body,
        left > 0 ? new RegExp(`<retryLoginTime>${left}<`) : /<lockStatus>lock<.*\n<unlockTime>1800</,
      );
    }
    now += 1000 * 1000;
    assert.equal((await get(PATH, authorization(await challenge(), PATH))).status, 401);
    now += 1000 * 1000;
    assert.equal((await get(PATH, authorization(await challenge(), PATH))).status, 401);
    now += 1801 * 1000;
    assert.equal((await get(PATH, authorization(await challenge(), PATH))).status, 200);
  });

  it("limits the number of event streams", async () => {
    await start({ maxStreams: 1 });
    const path = device.options.streamPath;
    const opened = once(device, "stream");
    const first = await request(device.url + path, {
      headers: { authorization: authorization(await challenge(), path) },
    });
    await opened;
    const second = await get(path, authorization(await challenge(), path));
    assert.deepEqual([first.statusCode, second.status], [200, 403]);
    assert.match(second.body, /deployExceedMax/);
    first.body.on("error", () => undefined).destroy();
  });

  it("responds to an unknown trigger with Device Busy, and to unknown paths with 404", async () => {
    await start();
    for (const [path, status] of [
      ["/ISAPI/Event/triggers/none", 503],
      ["/ISAPI/none", 404],
    ] as const) {
      assert.equal((await get(path, authorization(await challenge(), path))).status, status);
    }
  });
});
