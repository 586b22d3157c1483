import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Progress } from "../../src/isapi/recordings/download";
import type { Recording } from "../../src/isapi/recordings/recording";
import { Recordings } from "../../src/isapi/recordings/recordings";
import { defineNode } from "../kit/define-node";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput, type Send } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import { textOption } from "../kit/options";
import { options as definition } from "./options";
import {
  downloadable,
  recordingsIn,
  overridesIn,
  spanOf,
  type RecordingMessage,
  type RecordingOptions,
} from "./recording-message";
import { throttledWarning } from "../kit/warnings";

const MAX_PENDING = 64;
const MEGABYTE = 1e6;

export = (RED: NodeAPI): void => {
  defineNode(
    RED,
    { type: "isapi-recordings", options: definition },
    ({ node, options, optionsFor, status }) => {
      const { client } = deviceOf(RED, options.device);
      const { clock: timeBase, ffmpeg, format, rtspPort: port } = options;
      const recordings = new Recordings(client, { timeBase, ffmpeg });
      const warn = throttledWarning(node);
      const closing = new AbortController();
      const { signal } = closing;
      const limited = limitPending({
        status,
        closing: signal,
        max: MAX_PENDING,
        pending: "messages are pending",
      });

      const find = async (merged: RecordingOptions): Promise<Recording[]> => {
        status("busy", "searching");
        const { recordings: found, complete, assumed } = await recordings.search(spanOf(merged), signal);
        if (assumed !== undefined) {
          warn(`${assumed.message} Recording times are read in this machine's time zone.`);
        }
        if (!complete) node.warn(`The device has more than ${found.length} recordings in this period.`);
        status("ok", "found", { count: found.length });
        return found;
      };
      const download = async (msg: RecordingMessage, merged: RecordingOptions, send: Send): Promise<void> => {
        const chosen = recordingsIn(msg.payload);
        const name = textOption(msg.name);
        const matching =
          chosen ?? (await find(merged)).filter((found) => name === undefined || found.name === name);
        const all = downloadable(matching, client.where, warn);
        // Recordings in the message are saved whole, recordings from a search only for its time span.
        const cut = chosen === undefined ? spanOf(merged) : undefined;
        const { folder } = merged;
        const filename = textOption(msg.filename);
        if (filename !== undefined && all.length > 1) {
          throw new SurveillanceError(
            "CONFIG_INVALID",
            `${all.length} recordings cannot share one file name.`,
          );
        }
        const onProgress = ({ received, total }: Progress): void => {
          if (total === undefined) status("busy", "received", { mb: Math.round(received / MEGABYTE) });
          else status("busy", "downloading", { percent: Math.floor((100 * received) / total) });
        };
        for (const recording of all) {
          status("busy", "downloading", { percent: 0 });
          const options = { format, cut, onProgress, signal };
          const payload =
            folder === undefined
              ? await recordings.read(recording, options)
              : await recordings.save(recording, { ...options, folder, filename });
          const saved = { ...msg, payload, recording };
          send(saved);
        }
        status("ok", "saved", { count: all.length });
      };

      const run = async (msg: RecordingMessage, send: Send): Promise<void> => {
        const merged = optionsFor(overridesIn(msg));
        if (merged.action === "download") return download(msg, merged, send);
        if (merged.action === "playbackUrl") {
          const url = await recordings.playbackUrl({ ...spanOf(merged), port }, signal);
          status("ok", "url");
          const output = { ...msg, payload: url, url };
          send(output);
          return;
        }
        const found = await find(merged);
        if (options.output === "list") {
          send({ ...msg, payload: found });
          return;
        }
        // `parts` as from the core split node: a join node can make a list again.
        const parts = { id: RED.util.generateId(), type: "array", count: found.length };
        for (const [index, payload] of found.entries()) {
          const output = { ...msg, payload, parts: { ...parts, index } };
          send(output);
        }
      };

      onInput(node, async (msg: RecordingMessage, send) => {
        await limited(async () => {
          await run(msg, send);
        });
      });
      onClose(node, () => {
        closing.abort();
        return recordings.settled();
      });
    },
  );
};
