import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { topicOf } from "../../src/events";
import { AllowList } from "../../src/net/allow-list";
import { HttpAuthenticator } from "../../src/net/http-auth";
import type { WebhookResponse, WebhookListener, WebhookPost } from "../../src/net/webhook";
import { MAX_BODY, legacyPaths, responses, ViewtronEventSource, type ViewtronPost } from "../../src/viewtron";
import { deliver } from "../kit/delivery";
import { onClose, reportError } from "../kit/guard";
import { OncePer } from "../kit/once-per";
import { booleanOption, listOption, numberOption, textOption } from "../kit/options";
import { registerNode } from "../kit/register";
import { serve, type PlaceConfig } from "../webhook/endpoint";

interface Config extends PlaceConfig {
  path?: string;
  allow?: string | string[];
  statuses?: boolean | string;
  tracks?: boolean | string;
  tracksPerSecond?: number | string;
  heartbeats?: boolean | string;
  raw?: boolean | string;
}

interface Credentials {
  username?: string;
  password?: string;
}

export = (RED: NodeAPI): void => {
  registerNode<Config, Credentials>(
    RED,
    "viewtron-webhook-in",
    ({ node, config, credentials, status }) => {
      const receiver = new ViewtronEventSource({
        statuses: booleanOption("statuses", config.statuses, true),
        tracks: booleanOption("tracks", config.tracks, false),
        tracksPerSecond: numberOption("tracksPerSecond", config.tracksPerSecond, { min: 0.01, max: 20 }) ?? 1,
        heartbeats: booleanOption("heartbeats", config.heartbeats, false),
      });
      const withRaw = booleanOption("raw", config.raw, false);
      const reported = new OncePer();
      let count = 0;

      const receive = async ({ body, sender, path }: WebhookPost): Promise<WebhookResponse> => {
        let post: ViewtronPost;
        try {
          post = receiver.receive(body, { sender, receivedAt: new Date() });
        } catch (thrown) {
          const { message } = thrown as Error;
          complain(new SurveillanceError("VIEWTRON_XML_INVALID", `A post of ${sender}: ${message}`), sender);
          return responses.malformed;
        }
        reported.forget(sender);
        count += post.events.length;
        place.status("ok", count === 0 ? "listening" : "events", { count });
        const viewtron = { kind: post.kind, dialect: post.dialect, sender, path };
        const raw = withRaw ? { raw: body } : {};
        try {
          await Promise.all(
            post.events.map((event) =>
              deliver(RED, node, { topic: topicOf(event), payload: event, viewtron, ...raw }),
            ),
          );
          return responses.success;
        } catch {
          // The archive has reported it; the camera must not take its post as delivered.
          return responses.failed;
        }
      };
      const complain = (error: SurveillanceError, sender: string): void => {
        if (reported.first(sender)) reportError(node, error);
      };

      const path = textOption(config.path) ?? "/viewtron";
      const listener: WebhookListener = {
        paths: [path, ...legacyPaths, ...legacyPaths.map((legacy) => path.replace(/\/$/, "") + legacy)],
        allow: new AllowList(listOption(config.allow)),
        ...authentication(credentials),
        maxBytes: MAX_BODY,
        receive,
        refused: complain,
      };
      status("connecting", "opening");
      const place = serve({ RED, node, status }, config, listener);
      void place.listening.then((open) => {
        if (open) place.status("ok", "listening");
      });
      onClose(node, place.close);
    },
    { username: { type: "text" }, password: { type: "password" } },
  );
};

function authentication({ username, password }: Credentials): { authenticator?: HttpAuthenticator } {
  const [name, secret] = [textOption(username), password === "" ? undefined : password];
  if (name === undefined && secret === undefined) return {};
  if (name === undefined || secret === undefined) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      "A user name needs a password, and a password a user name.",
    );
  }
  return { authenticator: new HttpAuthenticator({ username: name, password: secret }) };
}
