import type { NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import { topicOf } from "../../src/events";
import { HttpAuthenticator } from "../../src/net/auth/http-auth";
import { AllowList } from "../../src/net/webhook/allow-list";
import type { WebhookListener, WebhookPost, WebhookResponse } from "../../src/net/webhook/listener";
import { MAX_BODY, legacyPaths, responses, ViewtronEventSource, type ViewtronPost } from "../../src/viewtron";
import { UnstoredPosts } from "../../src/viewtron/unstored-posts";
import { complaintsOf } from "../kit/complaints";
import { defineNode } from "../kit/define-node";
import { textOption } from "../kit/options";
import { closeWithNode, showSource } from "../kit/show-source";
import { openEndpoint } from "../webhook/endpoint";
import { options } from "./options";

interface Credentials {
  username: string;
  password: string;
}

const type = {
  type: "viewtron-webhook-in",
  options,
  credentials: { username: { type: "text" }, password: { type: "password" } },
} as const;

export = (RED: NodeAPI): void => {
  defineNode<typeof options, Credentials>(RED, type, ({ node, options, credentials, status }) => {
    const source = new ViewtronEventSource(options);
    const complaints = complaintsOf(node);
    const unstored = new UnstoredPosts();

    const receive = async ({ body, sender, path }: WebhookPost): Promise<WebhookResponse> => {
      let post: ViewtronPost;
      try {
        const decode = (): ViewtronPost => source.receive(body, { sender, receivedAt: new Date() });
        post = options.answer === "stored" ? unstored.receive(sender, body, decode) : decode();
      } catch (thrown) {
        const { message } = thrown as Error;
        const error = new SurveillanceError("VIEWTRON_XML_INVALID", `Post from ${sender}: ${message}`);
        complaints.error(error, sender);
        return responses.malformed;
      }
      complaints.over(sender);
      shown.count(post.events.length);
      const viewtron = { kind: post.kind, dialect: post.dialect, sender, path };
      const raw = options.raw ? { raw: body } : {};
      try {
        await Promise.all(
          post.events.map((event) =>
            endpoint.send({ topic: topicOf(event), payload: event, viewtron, ...raw }),
          ),
        );
        unstored.stored(post);
        return responses.success;
      } catch {
        // The error was reported. The camera must not regard its post as delivered.
        return options.answer === "stored" ? responses.notStored : responses.failed;
      }
    };
    const listener: WebhookListener = {
      paths: pathsOf(options.path),
      allow: new AllowList(options.allow),
      ...authentication(credentials),
      maxBytes: MAX_BODY,
      receive,
      refused: complaints.error,
    };
    const endpoint = openEndpoint({ RED, node, status }, options, listener);
    const shown = showSource({
      node,
      status: endpoint.status,
      show: ({ kind }, count) => {
        if (kind === "connecting") return ["connecting", "opening"];
        return kind === "connected" && count === 0 ? ["ok", "listening"] : undefined;
      },
    });
    shown.state({ kind: "connecting" });
    void endpoint.listening.then((isOpen) => {
      if (isOpen) shown.state({ kind: "connected" });
    });
    closeWithNode(node, endpoint);
  });
};

/** Returns the node's path and the paths of firmware without a path setting, at the root and below the node's path. */
function pathsOf(path: string): string[] {
  return [path, ...legacyPaths, ...legacyPaths.map((legacy) => path.replace(/\/$/, "") + legacy)];
}

function authentication({ username, password }: Partial<Credentials>): { authenticator?: HttpAuthenticator } {
  const [name, secret] = [textOption(username), password === "" ? undefined : password];
  if (name === undefined && secret === undefined) return {};
  if (name === undefined || secret === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "User name or password is missing. Set both or neither.");
  }
  return { authenticator: new HttpAuthenticator({ username: name, password: secret }) };
}
