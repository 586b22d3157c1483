/** A process that a test kills: streams from a URL with ffmpeg (arguments) and prints the process id of ffmpeg. */
import { findFfmpeg } from "../../src/ffmpeg/ffmpeg-binary";
import { FrameProcess } from "../../src/rtsp/frames/frame-process";
import { parseStreamUrl } from "../../src/rtsp/stream-url";

const [, , url = "", ffmpeg = ""] = process.argv;

async function main(): Promise<void> {
  const stream = new FrameProcess(
    await findFfmpeg({ setting: ffmpeg }),
    parseStreamUrl(url),
    { transport: "tcp", fps: 25, format: "jpeg", hwaccel: "none", timeout: 60 },
    {
      onFrame: () => process.stdout.write(`${stream.pid ?? ""}\n`),
      onDropped: () => undefined,
      onSizeChange: () => undefined,
      onEnd: () => undefined,
    },
  );
}

void main();
