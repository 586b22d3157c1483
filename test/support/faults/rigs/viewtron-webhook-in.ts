import { IpcPosts } from "../../../servers/viewtron/ipc-posts";
import type { Rig } from "../rig";

const posts = new IpcPosts();
const login = { username: "camera", password: "camera-password" };

const redeployed =
  "The node goes on, or it comes back: a post that waits longer than its sender is not processed. It gets no positive " +
  "answer.";

/** The sender is at fault: it posts through the proxy. */
export const viewtronWebhookIn: Rig = {
  type: "viewtron-webhook-in",
  contacts: ["network", "login"],
  listens: ["callback"],
  chance: { "redeploy: full": redeployed, "redeploy: flow": redeployed, "redeploy: node": redeployed },
  nodes: ({ variant }) => [
    {
      ...{ id: "viewtron-webhook-in", type: "viewtron-webhook-in", path: "/viewtron", listen: "node-red" },
      ...{ name: variant.name, credentials: login },
    },
  ],
  stimulate: async (bench, mark) => {
    const secret = bench.variant.login ? login.password : "wrong password";
    await fetch(`http://127.0.0.1:${bench.at("callback").port}/viewtron`, {
      method: "POST",
      headers: {
        "Content-Type": "application/xml",
        Authorization: `Basic ${Buffer.from(`${login.username}:${secret}`).toString("base64")}`,
      },
      body: posts.plate({ plate: mark }),
      signal: AbortSignal.timeout(3000),
    }).catch(() => undefined);
  },
};
