import path from "node:path";
import type { NodeAPI, NodeMessageInFlow } from "node-red";
import { bytesOf, EventArchive, separators } from "../../src/archive";
import { SurveillanceError, toError } from "../../src/core/errors";
import { reportArchived } from "../kit/delivery";
import { onClose, onInput, reportError } from "../kit/guard";
import { booleanOption, bytesOption, choiceOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { showError } from "../kit/status";

interface Config {
  folder?: string;
  images?: boolean | string;
  raw?: boolean | string;
  csv?: boolean | string;
  csvSeparator?: string;
  retainDays?: number | string;
  maxBytes?: number | string;
}

type ArchivedMessage = NodeMessageInFlow & { raw?: unknown; files?: string[] };

/** Two archives in one folder would tidy up under each other's hands. */
const folders = new Set<string>();

export = (RED: NodeAPI): void => {
  registerNode<Config>(RED, "event-archive", ({ node, config, status }) => {
    const folder = path.resolve(
      RED.settings.userDir ?? "",
      textOption(config.folder) ?? "surveillance-archive",
    );
    if (folders.has(folder)) {
      throw new SurveillanceError("CONFIG_INVALID", `Another event-archive node uses ${folder}.`, {
        advice: "Give each its own folder, or wire all events to one.",
      });
    }
    const retainDays = numberOption("retainDays", config.retainDays, { min: 0.01 });
    const maxBytes = bytesOption("maxBytes", config.maxBytes);
    const archive = new EventArchive({
      folder,
      csv: booleanOption("csv", config.csv, true),
      csvSeparator: choiceOption("csvSeparator", config.csvSeparator, separators, ","),
      images: booleanOption("images", config.images, true),
      raw: booleanOption("raw", config.raw, false),
      ...(retainDays !== undefined && { retainDays }),
      ...(maxBytes !== undefined && { maxBytes }),
      onUntidy: (error) => {
        node.warn(error);
      },
    });
    folders.add(folder);
    let count = 0;
    archive.start().then(
      () => {
        status("idle", "ready");
      },
      (thrown: unknown) => {
        const error = toError(thrown);
        if (error instanceof SurveillanceError && error.code === "CLOSED") return;
        showError(status, error);
        reportError(node, error);
      },
    );

    onInput(node, async (incoming, send) => {
      const msg = incoming as ArchivedMessage;
      try {
        const { images, raw } = await archive.append(msg.payload, rawOf(msg.raw));
        reportArchived(msg._msgid);
        count += 1;
        status("ok", "archived", { count });
        send(Object.assign(msg, { files: raw === undefined ? images : [...images, raw] }));
      } catch (thrown) {
        const error = toError(thrown);
        reportArchived(msg._msgid, error);
        showError(status, error);
        throw error;
      }
    });
    onClose(node, async () => {
      await archive.close().finally(() => folders.delete(folder));
    });
  });
};

/** A body as an event node hands it over: bytes or text. */
function rawOf(raw: unknown): Buffer | undefined {
  return typeof raw === "string" ? Buffer.from(raw) : bytesOf(raw);
}
