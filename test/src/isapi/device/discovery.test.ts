import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { discoverDevices } from "../../../../src/isapi/device/discovery";

const match = (fields: Record<string, string>): string =>
  `<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Types>inquiry</Types>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("")}</ProbeMatch>`;

describe("discoverDevices", () => {
  let network: Socket;
  const probes: string[] = [];
  beforeEach(async () => {
    probes.length = 0;
    network = createSocket("udp4");
    network.bind(0, "127.0.0.1");
    await once(network, "listening");
  });
  afterEach(() => {
    network.close();
  });

  const search = (responses: string[]) => {
    network.once("message", (probe, sender) => {
      probes.push(probe.toString());
      for (const response of responses) network.send(response, sender.port, sender.address);
    });
    return discoverDevices({
      address: "127.0.0.1",
      port: network.address().port,
      localPort: 0,
      seconds: 0.1,
    });
  };

  it("sends one probe, and returns every device that responds, once and in order", async () => {
    const camera = {
      DeviceDescription: "TC-2143",
      MAC: "02-00-5e-10-20-30",
      IPv4Address: "192.0.2.64",
      HttpPort: "8080",
    };
    const recorder = {
      DeviceDescription: "TN-7604",
      MAC: "02-00-5e-10-20-31",
      IPv4Address: "192.0.2.9",
      Activated: "false",
    };
    const devices = await search([match(camera), match(camera), match(recorder)]);
    assert.deepEqual(
      devices.map(({ url, model, activated }) => [url, model, activated]),
      [
        ["http://192.0.2.9:80", "TN-7604", false],
        ["http://192.0.2.64:8080", "TC-2143", true],
      ],
    );
    assert.equal(probes.length, 1);
    assert.match(probes[0] ?? "", /<Probe><Uuid>[0-9A-F-]{36}<\/Uuid><Types>inquiry<\/Types><\/Probe>/);
  });

  it("treats port 0 as switched off", async () => {
    const device = (ip: string, ports: Record<string, string>): string =>
      match({ MAC: ip, IPv4Address: ip, ...ports });
    const devices = await search([
      device("192.0.2.1", { HttpPort: "0", HttpsPort: "443" }),
      device("192.0.2.2", { HttpPort: "0", HttpsPort: "0" }),
      device("192.0.2.3", { HttpPort: "0" }),
      device("192.0.2.4", { HttpsPort: "8443" }),
      device("192.0.2.5", { HttpPort: "81", HttpsPort: "443" }),
      device("192.0.2.6", { HttpPort: "x" }),
    ]);
    assert.deepEqual(
      devices.map(({ url }) => url),
      [
        "https://192.0.2.1:443",
        "http://192.0.2.2:80",
        "http://192.0.2.3:80",
        "https://192.0.2.4:8443",
        "http://192.0.2.5:81",
        "http://192.0.2.6:80",
      ],
    );
  });

  it("ignores other datagrams", async () => {
    assert.deepEqual(await search(["noise", "<Probe/>", match({ MAC: "x" }), "x".repeat(60_000)]), []);
  });
});
