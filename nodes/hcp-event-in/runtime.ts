import type { NodeAPI } from "node-red";
import { toError } from "../../src/core/errors";
import { topicOf } from "../../src/events";
import { isOwnCallbackTest } from "../../src/hcp/diagnosis/callback-test";
import { HcpEventSource } from "../../src/hcp/events/event-source";
import type { EventStreamMemory } from "../../src/hcp/events/event-stream";
import { findEventType } from "../../src/hcp/event-types";
import { PathToken } from "../../src/net/path-token";
import type { WebhookResponse, WebhookPost } from "../../src/net/webhook";
import { createRedactor } from "../../src/core/redact";
import { deliver } from "../kit/delivery";
import { EventStatus } from "./event-status";
import { onClose, reportError } from "../kit/guard";
import { journalOf, serveCallbackTest, type EventInNode } from "./callback";
import { eventInOptions, type EventInConfig } from "./event-options";
import { hcpClientOf } from "../hcp/server";
import { nodeMemory } from "../kit/node-memory";
import { OncePer } from "../kit/once-per";
import { registerNode } from "../kit/register";
import { serve } from "../webhook/endpoint";

interface Credentials {
  token: string;
}

/** A post may hold many faces with their pictures in Base64. */
const MAX_BODY = 16 * 1024 * 1024;

export = (RED: NodeAPI): void => {
  serveCallbackTest(RED);
  registerNode<EventInConfig, Credentials>(
    RED,
    "hcp-event-in",
    ({ node, config, credentials, status }) => {
      const client = hcpClientOf(RED, config.server);
      const options = eventInOptions(RED, config, credentials.token);
      const { eventTypes, path, token, allow } = options;
      const unlisted = eventTypes.filter((code) => findEventType(code) === undefined);
      if (unlisted.length > 0) node.warn(RED._("warning.unlisted", { types: unlisted.join(", ") }));
      if (options.isOpen) node.warn(RED._("warning.open"));

      const redact = createRedactor(token === undefined ? [] : [token]);
      const reported = new OncePer();
      const complain = (error: Error, about: string): void => {
        if (!reported.first(about)) return;
        // The platform may repeat the address, and with it the token.
        error.message = redact(error.message);
        error.stack = redact(error.stack ?? "");
        reportError(node, error);
      };
      const advise = ({ message }: Error): void => {
        if (reported.first(message)) node.warn(redact(message));
      };

      const receive = async ({ body, sender }: WebhookPost): Promise<WebhookResponse> => {
        try {
          if (await input.receive(body)) return answer(200, "0", "OK");
          return answer(503, "503", "too many events are waiting");
        } catch (error) {
          complain(toError(error), sender);
          return answer(400, "400", "no event message");
        }
      };
      const place = serve({ RED, node, status }, config, {
        paths: token === undefined ? [path] : [path, `${path}/*`],
        allow,
        ...(token !== undefined && { authenticator: new PathToken(token) }),
        maxBytes: MAX_BODY,
        receive,
        isOwnTest: isOwnCallbackTest,
        refused: complain,
      });
      const shown = new EventStatus(place.status, options);
      const input = new HcpEventSource({
        ...options,
        client,
        journal: journalOf(RED, node),
        inherit: nodeMemory<EventStreamMemory>(RED, node, "hcp-event-in").take,
        onEvent: (event, hcp, body) =>
          deliver(RED, node, {
            topic: topicOf(event),
            payload: event,
            hcp,
            ...(body !== undefined && { raw: body }),
          }),
        onPost: () => {
          shown.posted();
        },
        onSubscribed: (count) => {
          shown.subscribed(count);
          reported.clear();
        },
        onSubscriptionProblem: (error) => {
          shown.notSubscribed(error);
          complain(error, "subscription");
        },
        onAdvice: advise,
        onProblem: (error) => {
          complain(error, error.message);
        },
      });
      (node as EventInNode).testCallback = () => input.test();
      onClose(node, async (removed) => {
        await Promise.all([place.close(), input.close(removed)]);
      });
    },
    { token: { type: "password" } },
  );
};

function answer(status: number, code: string, msg: string): WebhookResponse {
  const body = JSON.stringify({ code, msg });
  return { status, contentType: "application/json; charset=utf-8", body };
}
