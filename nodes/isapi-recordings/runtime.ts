import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { Progress } from "../../src/isapi/recordings/download";
import type { Recording } from "../../src/isapi/recordings/recording";
import { Recordings } from "../../src/isapi/recordings/recordings";
import { limitPending } from "../isapi/limit-pending";
import { onClose, onInput, type Send } from "../kit/guard";
import { deviceOf } from "../isapi/device-node";
import { choiceOption, numberOption, textOption } from "../kit/options";
import {
  downloadable,
  recordingsIn,
  spanOf,
  type RecordingMessage,
  type RecordingWishes,
} from "./recording-message";
import { registerNode } from "../kit/register";
import { throttledWarning } from "../kit/warnings";

interface Config extends RecordingWishes {
  /** Id of an isapi-config node. */
  device: unknown;
  output?: unknown;
  format?: unknown;
  clock?: unknown;
  rtspPort?: unknown;
  ffmpeg?: unknown;
}

const MAX_WAITING = 64;
const MEGABYTE = 1e6;

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "isapi-recordings", ({ node, config, status }) => {
    const { client } = deviceOf(RED, config.device);
    const recordings = new Recordings(client, {
      timeBase: choiceOption("clock", config.clock, ["device", "utc"], "device"),
      ffmpeg: textOption(config.ffmpeg),
    });
    const each = choiceOption("output", config.output, ["list", "each"], "list") === "each";
    const format = choiceOption("format", config.format, ["original", "mp4"], "original");
    const port = numberOption("rtspPort", config.rtspPort, { min: 1, max: 65_535, integer: true });
    const actionOf = (wish: unknown) =>
      choiceOption("action", wish ?? config.action, ["search", "download", "playbackUrl"], "search");
    // What the config says is checked at deploy, not at the first message.
    actionOf(undefined);
    const warn = throttledWarning(node);
    const closing = new AbortController();
    const { signal } = closing;
    const bounded = limitPending({
      status,
      closing: signal,
      max: MAX_WAITING,
      pending: "messages are waiting for the device",
    });

    const find = async (msg: RecordingMessage): Promise<Recording[]> => {
      status("busy", "searching");
      const { recordings: found, complete, assumed } = await recordings.search(spanOf(msg, config), signal);
      if (assumed !== undefined) {
        warn(`${assumed.message} The times of recordings are read by this machine's time zone.`);
      }
      if (!complete) node.warn(`The device has more than ${found.length} recordings in this time.`);
      status("ok", "found", { count: found.length });
      return found;
    };
    const download = async (msg: RecordingMessage, send: Send): Promise<void> => {
      const chosen = recordingsIn(msg.payload);
      const name = textOption(msg.name);
      const meant = chosen ?? (await find(msg)).filter((found) => name === undefined || found.name === name);
      const all = downloadable(meant, client.where, warn);
      // Of a recording that was chosen all is wanted, of those found by time only that time.
      const cut = chosen === undefined ? spanOf(msg, config) : undefined;
      const folder = textOption(msg.folder ?? config.folder);
      const filename = textOption(msg.filename);
      if (filename !== undefined && all.length > 1) {
        throw new SurveillanceError("CONFIG_INVALID", `${all.length} recordings cannot have one file name.`);
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
        const answer = { ...msg, payload, recording };
        send(answer);
      }
      status("ok", "saved", { count: all.length });
    };

    const run = async (msg: RecordingMessage, send: Send): Promise<void> => {
      const action = actionOf(msg.action);
      if (action === "download") return download(msg, send);
      if (action === "playbackUrl") {
        const url = await recordings.playbackUrl({ ...spanOf(msg, config), port }, signal);
        status("ok", "url");
        const answer = { ...msg, payload: url, url };
        send(answer);
        return;
      }
      const found = await find(msg);
      if (!each) send({ ...msg, payload: found });
      // As the core split node marks them: a join node makes a list of them again.
      const parts = { id: RED.util.generateId(), type: "array", count: found.length };
      for (const [index, payload] of each ? found.entries() : []) {
        const answer = { ...msg, payload, parts: { ...parts, index } };
        send(answer);
      }
    };

    onInput(node, async (msg: RecordingMessage, send) => {
      await bounded(async () => {
        await run(msg, send);
      });
    });
    onClose(node, () => {
      closing.abort();
      return recordings.settled();
    });
  });
};
