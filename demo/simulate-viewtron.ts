import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { cameraStyle, recorderStyle, ViewtronCamera } from "../test/servers/viewtron-camera";
import { Ipc53Posts } from "../test/servers/viewtron/ipc53-posts";
import { IpcPosts } from "../test/servers/viewtron/ipc-posts";
import { jpeg } from "../test/servers/viewtron/jpeg";
import { NvrPosts } from "../test/servers/viewtron/nvr-posts";
import { defaultIdentity, type CameraIdentity } from "../test/servers/viewtron/xml";

export const usage = `npm run simulate -- viewtron [options]

  --url URL         address of the viewtron-webhook-in node (default: http://127.0.0.1:1880/viewtron)
  --device NAME     ipc (firmware up to 5.2), ipc-5.3 or nvr (default: ipc-5.3)
  --event NAME      plate, intrusion, line, face, count, metadata, tracks, alarm, heartbeat or all (default: all)
  --count N         number of rounds, 0 for no limit (default: 1)
  --interval S      seconds between posts (default: 1)
  --name NAME       name of the camera (default: Yard)
  --plate TEXT      licence plate (default: CAM 4711)
  --list NAME       whiteList, blackList, temporaryList or strangerList (default: whiteList)
  --image FILE      JPEG for the overview image
  --user NAME       user name, if the node requires a login
  --password TEXT   password, if the node requires a login
`;

/** Functions that return the body of a new event, by name. A device has only the events that it supports. */
type Events = Record<string, () => string>;

const box = { x1: 3000, y1: 2500, x2: 4500, y2: 8000 };

/**
 * Posts like a camera or a recorder, and prints a line for each post.
 *
 * @throws {Error} when an option is unknown or its value is not valid, or when a post fails
 */
export async function simulateViewtron(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: "string", default: "http://127.0.0.1:1880/viewtron" },
      device: { type: "string", default: "ipc-5.3" },
      event: { type: "string", default: "all" },
      count: { type: "string", default: "1" },
      interval: { type: "string", default: "1" },
      name: { type: "string", default: defaultIdentity.name },
      plate: { type: "string", default: "CAM 4711" },
      list: { type: "string", default: "whiteList" },
      image: { type: "string" },
      user: { type: "string" },
      password: { type: "string", default: "" },
    },
  });
  const overview = values.image === undefined ? jpeg(350_000) : readFileSync(values.image);
  const identity = { ...defaultIdentity, name: values.name };
  const events = eventsOf(values.device, identity, { ...values, overview });
  const chosen = values.event === "all" ? Object.keys(events) : values.event.split(",");
  const missing = chosen.find((name) => events[name] === undefined);
  if (missing !== undefined) {
    throw new Error(
      `Unknown event ${missing}. Events of ${values.device}: ${Object.keys(events).join(", ")}.`,
    );
  }

  const { user, password } = values;
  const camera = new ViewtronCamera({
    url: values.url,
    ...(user !== undefined && { auth: "digest", username: user, password }),
  });
  const style = values.device === "nvr" ? recorderStyle : cameraStyle;
  const rounds = Number(values.count) || Number.POSITIVE_INFINITY;
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [index, name] of chosen.entries()) {
        if (round + index > 0) await setTimeout(Number(values.interval) * 1000);
        const body = events[name]?.() ?? "";
        await camera.deliver(body, style).catch((error: unknown) => {
          throw new Error(`The post to ${values.url} failed: ${(error as Error).message}`, { cause: error });
        });
        process.stdout.write(`${new Date().toISOString()} ${name}: ${body.length} bytes, accepted\n`);
      }
    }
  } finally {
    camera.close();
  }
}

function eventsOf(
  device: string,
  identity: CameraIdentity,
  { plate, list, overview }: { plate: string; list: string; overview: Buffer },
): Events {
  let number = 100;
  const next = (): number => (number += 1);
  const crop = jpeg(20_000);
  let alarm = false;
  const toggle = (): boolean => (alarm = !alarm);

  if (device === "nvr") {
    const posts = new NvrPosts(identity);
    const target = (smartType: string) => (): string =>
      posts.target({
        smartType,
        eventId: next(),
        targetId: next(),
        targetType: "person",
        box,
        overview,
        crop,
      });
    return {
      heartbeat: () => posts.heartbeat(),
      alarm: () => posts.alarmStatus("perimeterAlarm", toggle()),
      intrusion: target("regionIntrusion"),
      line: target("lineCrossing"),
      count: target("targetCountingByLine"),
      metadata: target("videoMetadata"),
      plate: () =>
        posts.plate({ plate, group: list, box: { x1: 16, y1: 9, x2: 32, y2: 18 }, overview, crop }),
      face: () => posts.face({ targetId: next(), box, overview, crop }),
    };
  }
  if (device !== "ipc" && device !== "ipc-5.3")
    throw new Error(`Unknown device ${device}. Devices: ipc, ipc-5.3, nvr.`);
  const posts = device === "ipc" ? new IpcPosts(identity) : new Ipc53Posts(identity);
  const perimeter = (by: "zone" | "line") => (): string =>
    posts.perimeter({ by, eventId: next(), targetId: next(), targetType: "1", box, overview, crop });
  return {
    heartbeat: () => posts.heartbeat(),
    tracks: () => posts.tracks({ targetId: next(), targetType: "person", box }),
    intrusion: perimeter("zone"),
    alarm: () => posts.alarmStatus("perimeterAlarm", toggle(), localTime()),
    line: perimeter("line"),
    plate: () => posts.plate({ plate, listType: list, overview, crop }),
    face: () => posts.face({ targetId: next(), box, overview, crop }),
    count: () => posts.counting({ enterPersons: next(), leavePersons: number - 20, targetId: number }),
    metadata: () => posts.metadata({ overview, crop }),
  };
}

/** Returns the time as cameras send it: local, without a time zone. */
function localTime(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ");
}
