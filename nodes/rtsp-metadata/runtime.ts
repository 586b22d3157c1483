import type { NodeAPI, NodeMessage } from "node-red";
import { systemClock } from "../../src/core/clock";
import { toError } from "../../src/core/errors";
import { topicOf, topicPart, type CommonEvent } from "../../src/events";
import { readMetadata, type MetadataDocument } from "../../src/isapi/metadata/document";
import { MetadataEvents } from "../../src/isapi/metadata/metadata-events";
import { MetadataStream } from "../../src/rtsp/metadata/metadata-stream";
import { hostOf, type StreamSource } from "../../src/rtsp/stream-url";
import { defineNode } from "../kit/define-node";
import { onInput } from "../kit/guard";
import { textOption } from "../kit/options";
import { closeWithNode, showSource } from "../kit/show-source";
import { StreamControl } from "../rtsp/stream-control";
import { streamCredentials } from "../rtsp/stream-source";
import { metadataSwitch } from "./metadata-switch";
import { options } from "./options";

interface DocumentMessage extends NodeMessage {
  payload: MetadataDocument;
  raw?: string;
}

interface EventMessage extends NodeMessage {
  payload: CommonEvent;
}

export = (RED: NodeAPI): void => {
  defineNode(RED, { type: "rtsp-metadata", options, credentials: streamCredentials }, (parts) => {
    const { node, options: settings, status } = parts;
    const { transport, stallTimeout, maxBackoff, ffmpeg, threshold, endAfter, raw } = settings;
    const name = textOption(node.name);
    const shown = showSource({ node, status, counted: "documents", resetsCount: true });
    const prepare = metadataSwitch(parts, shown.warning);

    const events = new MetadataEvents({
      ...{ name, threshold, endAfter, clock: systemClock },
      emit: (payload) => {
        const msg: EventMessage = { topic: topicOf(payload), payload };
        node.send([null, msg]);
      },
    });
    const receive = (xml: string, source: StreamSource): void => {
      let payload: MetadataDocument;
      try {
        payload = readMetadata(xml, systemClock.now());
      } catch (thrown) {
        shown.warning(toError(thrown).message);
        return;
      }
      shown.count();
      const topic = name === undefined ? source.name : topicPart(name);
      const msg: DocumentMessage = { topic, payload, ...(raw && { raw: xml }) };
      node.send([msg, null]);
      events.take(payload, hostOf(source));
    };
    const open = (source: StreamSource): MetadataStream =>
      new MetadataStream(
        { source, transport, stallTimeout, maxBackoff, ffmpeg, prepare },
        {
          ...shown,
          event: ({ xml }) => {
            receive(xml, source);
          },
        },
      );

    const control = new StreamControl(parts, open);
    onInput(node, (msg, send) => control.handle(msg, send));
    closeWithNode(node, control, {
      close: () => {
        events.close();
        return Promise.resolve();
      },
    });
  });
};
