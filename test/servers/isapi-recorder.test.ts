import assert from "node:assert/strict";
import { IsapiClient } from "../../src/isapi/connection/client";
import { addRecorder, playbackUri } from "./isapi/recordings";
import { SimulatedDevice } from "./isapi-device";

const stored = {
  track: "101",
  start: "2026-03-02T08:00:00Z",
  end: "2026-03-02T08:10:00Z",
  name: "one",
  data: Buffer.from("recording"),
};
const description =
  "<CMSearchDescription><searchID>C77384AD-66A0-4001-A7C2-1551F04F9085</searchID>" +
  "<trackList><trackID>101</trackID></trackList><timeSpanList><timeSpan><startTime>2026-03-02T00:00:00Z</startTime>" +
  "<endTime>2026-03-03T00:00:00Z</endTime></timeSpan></timeSpanList><maxResults>40</maxResults>" +
  "<searchResultPostion>0</searchResultPostion><metadataList><metadataDescriptor>//recordType.meta.std-cgi.com" +
  "</metadataDescriptor></metadataList></CMSearchDescription>";

describe("the simulated ISAPI recorder", () => {
  let device: SimulatedDevice;
  let client: IsapiClient;
  beforeEach(async () => {
    device = await SimulatedDevice.start({ kind: "nvr" });
    addRecorder(device, { stored: [stored] });
    client = new IsapiClient({ url: device.url, username: "flow", password: "s3cret:pass" });
  });
  afterEach(async () => {
    await client.close();
    await device.close();
  });
  const send = async (name: string, body: string, method = "POST"): Promise<number> => {
    const response = await client.request({ method, path: `/ISAPI/ContentMgmt/${name}`, body });
    response.body.resume();
    return response.status;
  };

  it("accepts the guide's search", async () => {
    assert.equal(await send("search", description), 200);
  });

  for (const [what, from, to] of [
    ["an id that is not a UUID", /<searchID>.*<\/searchID>/, "<searchID>1</searchID>"],
    ["the paging element with correct spelling", /searchResultPostion/g, "searchResultPosition"],
    ["more than 40 results a page", />40</, ">41<"],
    ["fractions of seconds", /00:00:00Z<\/endTime>/, "00:00:00.000Z</endTime>"],
    ["an end before the start", /2026-03-03T/, "2026-03-01T"],
    ["a page of an unknown search", />0<\/searchResultPostion/, ">40</searchResultPostion"],
    ["a missing record type", /\/\/recordType\.meta\.std-cgi\.com/, "all"],
  ] as const) {
    it(`refuses ${what}`, async () => {
      assert.equal(await send("search", description.replace(from, to)), 400);
    });
  }

  it("refuses other methods than the guide's", async () => {
    assert.equal(await send("search", description, "PUT"), 405);
    assert.equal(await send("download", "", "POST"), 405);
  });

  it("sends a recording only for its complete playback URI", async () => {
    const body = (uri: string): string =>
      `<downloadRequest><playbackURI>${uri.replaceAll("&", "&amp;")}</playbackURI></downloadRequest>`;
    assert.equal(await send("download", body(playbackUri(stored)), "GET"), 200);
    assert.equal(await send("download", body(playbackUri(stored).replace("one", "two")), "GET"), 400);
    assert.equal(await send("download", "", "GET"), 400);
  });
});
