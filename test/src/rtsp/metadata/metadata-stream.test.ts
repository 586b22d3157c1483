import assert from "node:assert/strict";
import { once } from "node:events";
import {
  MetadataStream,
  type MetadataEvent,
  type MetadataStreamOptions,
} from "../../../../src/rtsp/metadata/metadata-stream";
import { parseStreamUrl } from "../../../../src/rtsp/stream-url";
import { provideFfmpeg } from "../../../../tools/ffmpeg";
import { startRtspCamera, type RtspCamera, type RtspCameraOptions } from "../../../servers/rtsp-camera";
import { numberedClip } from "../../../support/clips";
import { SourceEvents } from "../../../support/source-events";

const login = { username: "viewer", password: "p:ss@w'rd" };
const short = (number: number): string => `<Metadata><number>${number}</number></Metadata>`;
const long = `<Metadata>${"<n>Ofen</n>".repeat(3000)}</Metadata>`;

describe("MetadataStream with a real ffmpeg", () => {
  let ffmpeg: string;
  let video: string;
  let camera: RtspCamera;
  let stream: MetadataStream;
  let sourceEvents: SourceEvents<MetadataEvent>;
  before(async function () {
    this.timeout(120_000);
    ffmpeg = await provideFfmpeg();
    video = await numberedClip(ffmpeg, { width: 320, height: 240, seconds: 2, keyframeInterval: 5 });
  });
  afterEach(async () => {
    await stream.stop();
    await camera.close();
  });

  async function open(
    options: Partial<RtspCameraOptions> = {},
    more: Partial<MetadataStreamOptions> = {},
  ): Promise<void> {
    camera = await startRtspCamera({ video, ffmpeg, ...login, tracks: ["video", "metadata"], ...options });
    const source = parseStreamUrl(camera.url, login);
    sourceEvents = new SourceEvents();
    stream = new MetadataStream(
      { source, transport: "tcp", stallTimeout: 10, ffmpeg, ...more },
      sourceEvents,
    );
    stream.start();
  }
  const connected = () => sourceEvents.next("connected");
  /** Waits for the next documents, which may arrive at once. */
  const documents = (count: number): Promise<string[]> =>
    new Promise((resolve) => {
      const found: string[] = [];
      const listen = ({ xml }: MetadataEvent): void => {
        if (found.push(xml) < count) return;
        sourceEvents.off("event", listen);
        resolve(found);
      };
      sourceEvents.on("event", listen);
    });

  for (const transport of ["tcp", "udp"] as const)
    it(`delivers the documents of the metadata track over ${transport}, in packets of any size`, async () => {
      await open({}, { transport });
      await connected();
      const received = documents(4);
      camera.sendMetadata(long);
      camera.sendMetadata(long, 1000);
      camera.sendMetadata(short(1), 1);
      camera.sendMetadata(short(2), 7);
      assert.deepEqual(await received, [long, long, short(1), short(2)]);
      assert.equal(stream.statistics.documents, 4);
    });

  it("reads the track and its payload type from the description", async () => {
    await open({ tracks: ["audio", "video", "metadata"], metadataPayloadType: 112 });
    await connected();
    const received = documents(1);
    camera.sendMetadata(short(1));
    assert.deepEqual(await received, [short(1)]);
  });

  it("delivers the first document of a stream without video", async () => {
    await open({ tracks: ["metadata"] });
    const received = documents(1);
    // The camera sends documents only to playing clients.
    while (camera.playing === 0) await once(camera, "request");
    camera.sendMetadata(short(1));
    assert.deepEqual(await received, [short(1)]);
  });

  it("stays connected without documents while there is video", async () => {
    await open({}, { stallTimeout: 1 });
    await connected();
    for (let count = 0; count < 50; count++) await once(camera, "sent");
    assert.deepEqual([stream.statistics.state, stream.statistics.restarts], ["streaming", 0]);
  }).timeout(10_000);

  it("restarts if no data arrives, and continues", async () => {
    await open({}, { stallTimeout: 1 });
    await connected();
    const failure = once(sourceEvents, "failure");
    camera.freeze();
    const [error] = (await failure) as [Error];
    assert.match(error.message, /no metadata for 1 s/);
    camera.thaw();
    await connected();
    const received = documents(1);
    camera.sendMetadata(short(2));
    assert.deepEqual(await received, [short(2)]);
  }).timeout(10_000);

  it("restarts after a restart of the camera", async () => {
    await open();
    await connected();
    const failure = once(sourceEvents, "failure");
    await camera.close();
    await failure;
    await camera.open();
    await connected();
    assert.ok(stream.statistics.restarts >= 1);
  }).timeout(10_000);

  it("reports a stream without metadata", async () => {
    await open({ tracks: ["video"] });
    const [error] = (await once(sourceEvents, "failure")) as [{ code: string; message: string }];
    assert.equal(error.code, "RTSP_NO_METADATA");
    assert.match(error.message, /Switch on metadata at the camera/);
  });

  it("tries a wrong password once, and does not reveal it", async () => {
    await open({ password: "another" });
    const [error] = (await once(sourceEvents, "failure")) as [{ code: string; message: string }];
    assert.equal(error.code, "RTSP_UNAUTHORIZED");
    assert.ok(!error.message.includes(login.password) && !error.message.includes(encodeURIComponent("p:ss")));
    assert.equal(camera.wrongLogins, 1);
    assert.equal(stream.statistics.state, "waiting");
  });

  it("prepares the camera before each connection, and reports its failure", async () => {
    const failing = [new Error("not yet"), undefined];
    await open(
      {},
      {
        prepare: () => {
          const failure = failing.shift();
          assert.equal(camera.connections, 0);
          return failure === undefined ? Promise.resolve() : Promise.reject(failure);
        },
      },
    );
    const [error] = (await once(sourceEvents, "failure")) as [Error];
    assert.match(error.message, /not yet/);
    await connected();
    assert.equal(failing.length, 0);
  }).timeout(10_000);

  it("aborts the preparation of the camera when it is stopped", async () => {
    const aborted = new Promise<void>((resolve) => {
      void open(
        {},
        {
          prepare: (signal) =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => {
                resolve();
                reject(new Error("aborted"));
              });
              void stream.stop();
            }),
        },
      );
    });
    await aborted;
    await stream.stop();
    assert.deepEqual([camera.connections, stream.statistics.state], [0, "stopped"]);
  });

  it("warns about incomplete documents", async () => {
    await open();
    await connected();
    const damage = once(sourceEvents, "warning");
    const received = documents(1);
    camera.sendMetadata("<Metadata>1");
    camera.sendMetadata(short(2));
    assert.match(String(await damage), /incomplete metadata document/);
    assert.deepEqual(await received, [short(2)]);
  });
});
