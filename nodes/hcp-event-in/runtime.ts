import type { NodeAPI } from "node-red";
import { SurveillanceError, toError } from "../../src/core/errors";
import { createRedactor } from "../../src/core/redact";
import { topicOf } from "../../src/events";
import { isOwnCallbackTest } from "../../src/hcp/diagnosis/callback-test";
import { findEventType } from "../../src/hcp/event-types";
import { HcpEventSource, type HcpEventConnection } from "../../src/hcp/events/event-source";
import type { EventMemory } from "../../src/hcp/events/memory/event-memory";
import { AllowList } from "../../src/net/webhook/allow-list";
import { PathToken } from "../../src/net/auth/path-token";
import type { WebhookPost, WebhookResponse } from "../../src/net/webhook/listener";
import { hcpClientOf } from "../hcp/server";
import { complaintsOf } from "../kit/complaints";
import { defineNode } from "../kit/define-node";
import { nodeMemory } from "../kit/node-memory";
import { textOption } from "../kit/options";
import { closeWithNode, showSource } from "../kit/show-source";
import { openEndpoint } from "../webhook/endpoint";
import { journalOf, serveCallbackTest, type EventInNode } from "./callback";
import { destinationOf } from "./destination";
import { options as settings } from "./options";

interface Credentials {
  token: string;
}

/** A post may hold many faces with their images in Base64. */
const MAX_BODY = 16 * 1024 * 1024;

export = (RED: NodeAPI): void => {
  serveCallbackTest(RED);
  defineNode<typeof settings, Credentials>(
    RED,
    { type: "hcp-event-in", options: settings, credentials: { token: { type: "password" } } },
    ({ node, options, credentials, status }) => {
      const client = hcpClientOf(RED, options.server);
      const token = textOption(credentials.token);
      const { path, eventDest } = destinationOf(RED, options, token);
      const unlisted = options.eventTypes.filter((code) => findEventType(code) === undefined);
      if (unlisted.length > 0) node.warn(RED._("warning.unlisted", { types: unlisted.join(", ") }));
      if (token === undefined && options.allow.length === 0) node.warn(RED._("warning.open"));

      // The platform may repeat the address, and with it the token.
      const complaints = complaintsOf(node, createRedactor(token === undefined ? [] : [token]));
      const receive = async ({ body, sender }: WebhookPost): Promise<WebhookResponse> => {
        try {
          if (await endpoint.inTime(source.receive(body))) return response(200, "0", "OK");
          return response(503, "503", "too many events are waiting");
        } catch (error) {
          if (options.answer === "stored" && !isInvalid(error)) return notStored;
          complaints.error(toError(error), sender);
          return response(400, "400", "not an event message");
        }
      };
      const endpoint = openEndpoint({ RED, node, status }, options, {
        paths: token === undefined ? [path] : [path, `${path}/*`],
        allow: new AllowList(options.allow),
        ...(token !== undefined && { authenticator: new PathToken(token) }),
        maxBytes: MAX_BODY,
        receive,
        isOwnTest: isOwnCallbackTest,
        refused: complaints.error,
      });
      const shown = showSource<HcpEventConnection>({
        node,
        status: endpoint.status,
        // Green only after a post of the platform: before, it is unknown whether its posts reach this address.
        show: (state) => {
          if (state.kind === "connecting") {
            return ["connecting", eventDest === undefined ? "listening" : "subscribing"];
          }
          if (state.kind === "waiting") return ["connecting", "subscribed"];
          if (state.kind !== "connected") return undefined;
          const time = new Date(state.posted).toTimeString().slice(0, 8);
          return state.types === undefined
            ? ["ok", "lastEvent", { time }]
            : ["ok", "event", { count: state.types, time }];
        },
      });
      const source = new HcpEventSource(
        {
          ...options,
          client,
          eventDest,
          images: options.pictures,
          journal: journalOf(RED, node),
          awaitsStored: options.answer === "stored",
          inherit: nodeMemory<EventMemory>(RED, node, "hcp-event-in").take,
          onChecked: complaints.over,
        },
        {
          state: shown.state,
          failure: (error) => {
            complaints.error(error, error.message);
          },
          warning: complaints.warning,
          event: ({ event, origin, body }) =>
            endpoint.send({
              topic: topicOf(event),
              payload: event,
              hcp: origin,
              ...(body !== undefined && { raw: body }),
            }),
        },
      );
      (node as EventInNode).testCallback = () => source.test();
      closeWithNode(node, source, endpoint);
    },
  );
};

function response(status: number, code: string, msg: string): WebhookResponse {
  const body = JSON.stringify({ code, msg });
  return { status, contentType: "application/json; charset=utf-8", body };
}

/** The platform must not regard a post as delivered whose events are not stored. */
const notStored = response(503, "503", "the events are not stored");

function isInvalid(error: unknown): boolean {
  return error instanceof SurveillanceError && error.code === "HCP_EVENT_INVALID";
}
