import type { NodeAPI } from "node-red";
import { streamOpener, type CameraStreamConfig } from "./camera-stream";
import { onClose, onInput } from "../kit/guard";
import { booleanOption } from "../kit/options";
import { clipRequest } from "./clip-message";
import { registerNode } from "../kit/register";
import { streamControl } from "../rtsp/stream-control";
import type { StreamLogin, StreamSourceConfig } from "../rtsp/stream-source";

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
            await stream.record(clipRequest(parts, msg));
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
