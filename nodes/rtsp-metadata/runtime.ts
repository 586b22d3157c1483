import type { NodeAPI, NodeMessage } from "node-red";
import { systemClock } from "../../src/core/clock";
import { toError } from "../../src/core/errors";
import { topicOf, topicPart, type CommonEvent } from "../../src/events";
import { readMetadata, type MetadataDocument } from "../../src/isapi/metadata/document";
import { MetadataEvents } from "../../src/isapi/metadata/metadata-events";
import { transports } from "../../src/rtsp/input";
import { MetadataStream } from "../../src/rtsp/metadata/metadata-stream";
import { hostOf, type StreamSource } from "../../src/rtsp/stream-url";
import { onClose, onInput, reportError } from "../kit/guard";
import { metadataSwitch } from "./metadata-switch";
import { booleanOption, choiceOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { showError } from "../kit/status";
import { streamControl } from "../rtsp/stream-control";
import type { StreamLogin, StreamSourceConfig } from "../rtsp/stream-source";
import { throttledWarning } from "../kit/warnings";

/** As the editor saved it: numbers and booleans may be text, `${ENV}` is already replaced. */
interface Config extends StreamSourceConfig {
  transport?: unknown;
  autostart?: unknown;
  stallTimeout?: unknown;
  maxBackoff?: unknown;
  ffmpeg?: unknown;
  /** Switch metadata on at the device. */
  enable?: unknown;
  /** °C */
  threshold?: unknown;
  endAfter?: unknown;
  raw?: unknown;
}

interface DocumentMessage extends NodeMessage {
  payload: MetadataDocument;
  raw?: string;
}

interface EventMessage extends NodeMessage {
  payload: CommonEvent;
}

export = (RED: NodeAPI): void => {
  registerNode<Config, StreamLogin>(
    RED,
    "rtsp-metadata",
    (parts) => {
      const { node, config, status } = parts;
      const name = textOption(node.name);
      const transport = choiceOption("transport", config.transport, transports, "tcp");
      const stallTimeout = numberOption("stallTimeout", config.stallTimeout, { min: 1, max: 3600 }) ?? 10;
      const maxBackoff = numberOption("maxBackoff", config.maxBackoff, { min: 1, max: 3600 });
      const ffmpeg = textOption(config.ffmpeg);
      const threshold = numberOption("threshold", config.threshold, { min: -273.15, max: 10_000 });
      const endAfter = numberOption("endAfter", config.endAfter, { min: 1, max: 86_400 }) ?? 5;
      const raw = booleanOption("raw", config.raw, false);
      const warn = throttledWarning(node);
      const prepare = metadataSwitch(parts, warn);

      const events = new MetadataEvents({
        ...{ name, threshold, endAfter, clock: systemClock },
        emit: (payload) => {
          const msg: EventMessage = { topic: topicOf(payload), payload };
          node.send([null, msg]);
        },
      });

      const open = (source: StreamSource): MetadataStream => {
        let count = 0;
        const stream = new MetadataStream({ source, transport, stallTimeout, maxBackoff, ffmpeg, prepare });
        stream.on("document", (xml) => {
          let payload: MetadataDocument;
          try {
            payload = readMetadata(xml, systemClock.now());
          } catch (thrown) {
            warn(toError(thrown).message);
            return;
          }
          count += 1;
          status("ok", "documents", { count });
          const topic = name === undefined ? source.name : topicPart(name);
          const msg: DocumentMessage = { topic, payload, ...(raw && { raw: xml }) };
          node.send([msg, null]);
          events.take(payload, hostOf(source));
        });
        stream.on("damage", () => {
          warn(`${source.name}: a metadata document came incomplete; it was left out.`);
        });
        stream.on("failure", (error) => {
          reportError(node, error);
        });
        stream.on("state", (state) => {
          if (state.name === "connecting") count = 0;
          if (state.name === "waiting") showError(status, state.error);
          else if (state.name !== "streaming")
            status(state.name === "stopped" ? "idle" : "connecting", state.name);
          else if (count === 0) status("ok", "connected");
        });
        return stream;
      };

      const control = streamControl(parts, booleanOption("autostart", config.autostart, true), open);
      onInput(node, (msg, send) => control.take(msg, send));
      onClose(node, () => {
        events.close();
        return control.close();
      });
    },
    { username: { type: "text" }, password: { type: "password" } },
  );
};
