import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { processTree } from "../../bench/support/process-tree";
import type { SimulatedSite } from "../support/simulated-site";
import type { World } from "../support/world";
import type { FlowNode } from "./flow";
import type { SoakServers } from "./servers";

/** What a fault needs. */
interface Place {
  site: SimulatedSite;
  servers: SoakServers;
  world: World;
  flow: readonly FlowNode[];
}

/** All faults of a soak, by what happens. */
export const faults: Readonly<Record<string, (place: Place) => Promise<void> | void>> = {
  "the ISAPI camera breaks its connections": ({ site }) => {
    site.device.breakConnections();
  },
  "the ISAPI camera ends its stream": ({ site }) => {
    site.device.endStreams();
  },
  "HikCentral breaks the next requests": ({ site }) => {
    site.gateway.fail("drop", 3);
  },
  "HikCentral sends half of its responses": ({ site }) => {
    site.gateway.fail("half-body", 3);
  },
  "HikCentral answers with a web page": ({ site }) => {
    site.gateway.fail("garbage", 2);
  },
  "the RTSP camera restarts": async ({ site }) => {
    await site.camera.close();
    await setTimeout(500);
    await site.camera.open();
  },
  "the RTSP camera hangs": async ({ site }) => {
    site.camera.freeze();
    await setTimeout(1000);
    site.camera.thaw();
  },
  "the thermal camera restarts": async ({ site }) => {
    await site.thermalStream.close();
    await site.thermalStream.open();
  },
  "an ffmpeg is killed": ({ world }) => {
    killChild(world.pid, /ffmpeg/);
  },
  "the process of the model is killed": ({ world }) => {
    killChild(world.pid, /inference-worker/);
  },
  "nats-server is killed": ({ servers }) => servers.restartStore(),
  "an inference server is killed": ({ servers }) => servers.restartInference(0),
  "the other inference server is killed": ({ servers }) => servers.restartInference(1),
  "a sender breaks off in the middle of a post": async ({ world }) => {
    await halfPost(world);
  },
  "the whole flow is deployed again": ({ world, flow }) => redeploy(world, flow, "full"),
  "one tab is deployed again": ({ world, flow }) => redeploy(world, touched(flow, "tab", "info"), "flows"),
  "one node is deployed again": ({ world, flow }) =>
    redeploy(world, touched(flow, "alerts", "name"), "nodes"),
};

function killChild(parent: number, program: RegExp): void {
  for (const pid of processTree(parent).slice(1)) {
    try {
      if (program.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"))) {
        process.kill(pid, "SIGKILL");
        return;
      }
    } catch {
      // It ended before.
    }
  }
}

async function halfPost({ origin }: World): Promise<void> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname).on("error", () => undefined);
  socket.write("POST /viewtron HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n<config>");
  await setTimeout(200);
  socket.destroy();
}

/** Returns the flow with a changed property of one node, so that Node-RED starts it again. */
function touched(flow: readonly FlowNode[], id: string, property: string): FlowNode[] {
  return flow.map((node) => (node.id === id ? { ...node, [property]: `at ${Date.now()}` } : node));
}

async function redeploy({ url }: World, flow: readonly FlowNode[], kind: string): Promise<void> {
  const response = await fetch(`${url}/flows`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Node-RED-Deployment-Type": kind },
    body: JSON.stringify(flow),
  });
  if (!response.ok) throw new Error(`Node-RED refused the flow: ${response.status}`);
}
