import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { remuxToMp4 } from "../../../src/ffmpeg/remux";
import { runFfmpeg } from "../../../src/ffmpeg/run-ffmpeg";

/** A recorder decides what a recording contains. ffmpeg recognizes playlists by their text, whatever the file name. */
describe("remuxToMp4 with a recording from a malicious recorder", function () {
  this.timeout(20_000);
  let folder: string;
  let secret: string;
  let server: Server;
  let asked: number;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "recording-"));
    secret = path.join(folder, "secret.mp4");
    const video = ["-f", "lavfi", "-i", "color=red:s=64x64:r=5:d=1", "-c:v", "libx264"];
    await runFfmpeg({ args: [...video, secret] });
    asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const playlist = (address: string): Record<string, string> => ({
    "a DASH manifest": `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"
      mediaPresentationDuration="PT1S" profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period>
      <AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${address}</BaseURL>
      </Representation></AdaptationSet></Period></MPD>`,
    "a list of files": `ffconcat version 1.0\nfile ${path.basename(address)}\n`,
    "an HLS playlist": `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${address}\n#EXT-X-ENDLIST\n`,
  });

  for (const kind of Object.keys(playlist(""))) {
    it(`opens neither a file nor an address that ${kind} names`, async () => {
      const { port } = server.address() as AddressInfo;
      for (const address of [pathToFileURL(secret).href, `http://127.0.0.1:${port}/video.mp4`]) {
        const source = path.join(folder, "recording.original.mpg");
        const target = path.join(folder, "recording.mp4");
        await writeFile(source, playlist(address)[kind] ?? "");
        await assert.rejects(remuxToMp4(source, target), { code: "FFMPEG_FAILED" }, address);
        assert.ok(!existsSync(target));
      }
      assert.equal(asked, 0);
    });
  }
});
