import type { NodeAPI } from "node-red";
import { streamOpener, type CameraStreamConfig } from "./shared/camera-stream";
import { onClose, onInput } from "./shared/guard";
import { booleanOption } from "./shared/options";
import { clipWish } from "./shared/record-message";
import { registerNode } from "./shared/register";
import { streamControl } from "./shared/stream-control";
import type { StreamLogin, StreamSourceConfig } from "./shared/stream-source";

interface Config extends StreamSourceConfig, CameraStreamConfig {
  autostart?: unknown;
}

export = (RED: NodeAPI): void => {
  registerNode<Config, StreamLogin>(
    RED,
    "rtsp-frames",
    (parts) => {
      const { node, config } = parts;
      const autostart = booleanOption("autostart", config.autostart, true);
      let closed = false;
      const control = streamControl(parts, autostart, streamOpener(parts), {
        async record(stream, msg) {
          try {
            await stream.record(clipWish(parts, msg));
          } catch (thrown) {
            // What a redeploy broke off is no error. The status is the stream's, which may be well.
            if (!closed) throw thrown;
          }
        },
      });
      onInput(node, (msg, send) => control.take(msg, send));
      onClose(node, () => {
        closed = true;
        return control.close();
      });
    },
    { username: { type: "text" }, password: { type: "password" } },
  );
};
