import type { NodeAPI } from "node-red";
import { toError } from "../src/errors";
import { topicOf } from "../src/events";
import { EventInput } from "../src/hcp/event-input";
import type { EventStreamMemory } from "../src/hcp/event-stream";
import { findEventType } from "../src/hcp/event-types";
import { PathToken } from "../src/net/path-token";
import type { WebhookAnswer, WebhookPost } from "../src/net/webhook";
import { createRedactor } from "../src/redact";
import { onClose, reportError } from "./shared/guard";
import { eventInOptions, type EventInConfig } from "./shared/hcp-event-options";
import { hcpClientOf } from "./shared/hcp-server";
import { nodeMemory } from "./shared/node-memory";
import { OncePer } from "./shared/once-per";
import { registerNode } from "./shared/register";
import { showError } from "./shared/status";
import { serve } from "./shared/webhook-place";

interface Credentials {
  token: string;
}

/** A post may hold many faces with their pictures in Base64. */
const MAX_BODY = 16 * 1024 * 1024;

export = (RED: NodeAPI): void => {
  registerNode<EventInConfig, Credentials>(
    RED,
    "hcp-event-in",
    ({ node, config, credentials, status: show }) => {
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
      let subscribed: number | undefined;
      let shownSecond = 0;
      const showEvent = (): void => {
        const second = Math.trunc(Date.now() / 1000);
        if (second === shownSecond || (subscribed === undefined && options.eventDest !== undefined)) return;
        shownSecond = second;
        const time = new Date().toTimeString().slice(0, 8);
        if (subscribed === undefined) status("ok", "lastEvent", { time });
        else status("ok", "event", { count: subscribed, time });
      };

      const receive = async ({ body, sender }: WebhookPost): Promise<WebhookAnswer> => {
        try {
          if (await input.receive(body)) return answer(200, "0", "OK");
          return answer(503, "503", "too many events are waiting");
        } catch (error) {
          complain(toError(error), sender);
          return answer(400, "400", "no event message");
        }
      };
      const place = serve({ RED, node, status: show }, config, {
        paths: token === undefined ? [path] : [path, `${path}/*`],
        allow,
        ...(token !== undefined && { authenticator: new PathToken(token) }),
        maxBytes: MAX_BODY,
        receive,
        refused: complain,
      });
      const { status } = place;
      const input = new EventInput({
        ...options,
        client,
        memory: nodeMemory<EventStreamMemory>(RED, node, "hcp-event-in"),
        onEvent: (event, hcp, body) => {
          node.send({ topic: topicOf(event), payload: event, hcp, ...(body !== undefined && { raw: body }) });
          showEvent();
        },
        onSubscribed: (count) => {
          if (subscribed !== count) status("ok", "subscribed", { count });
          subscribed = count;
          reported.clear();
        },
        onSubscriptionProblem: (error) => {
          subscribed = undefined;
          showError(status, error);
          complain(error, "subscription");
        },
        onProblem: (error) => {
          complain(error, error.message);
        },
      });
      void place.listening.then((open) => {
        if (open && options.eventDest === undefined) status("ok", "listening");
      });
      if (options.eventDest !== undefined) status("connecting", "subscribing");
      onClose(node, async (removed) => {
        await Promise.all([place.close(), input.close(removed)]);
      });
    },
    { token: { type: "password" } },
  );
};

function answer(status: number, code: string, msg: string): WebhookAnswer {
  const body = JSON.stringify({ code, msg });
  return { status, contentType: "application/json; charset=utf-8", body };
}
