import { setTimeout as delay } from "node:timers/promises";
import { IpcPosts } from "../../servers/viewtron/ipc-posts";
import { jpeg } from "../../servers/viewtron/jpeg";
import { defaultIdentity } from "../../servers/viewtron/xml";
import { ViewtronCamera } from "../../servers/viewtron-camera";

const overview = jpeg(30_000);
const RETRY_MS = 200;
const RESPONSE_MS = 15_000;

/** The number plate that identifies a post. */
export const plateOf = (round: number, camera: number, count: number): string =>
  `R${round}C${camera}N${count}`;

/** Lets cameras post at the same time. Each repeats a post until it gets the response of success. */
export async function postAll(
  url: string,
  round: number,
  { cameras, posts }: { cameras: number; posts: number },
): Promise<string[]> {
  const delivered = await Promise.all(
    Array.from({ length: cameras }, async (_, camera) => {
      const name = `Camera ${camera}`;
      const source = new IpcPosts({ ...defaultIdentity, name, serial: `N0CAM${camera}` });
      let sender = new ViewtronCamera({ url });
      const plates: string[] = [];
      for (let count = 0; count < posts; count += 1) {
        const plate = plateOf(round, camera, count);
        const body = source.plate({ plate, overview });
        while (!(await isDelivered(sender, body))) {
          sender.close();
          sender = new ViewtronCamera({ url });
          await delay(RETRY_MS);
        }
        plates.push(plate);
      }
      sender.close();
      return plates;
    }),
  );
  return delivered.flat();
}

async function isDelivered(sender: ViewtronCamera, body: string): Promise<boolean> {
  const late = delay(RESPONSE_MS, false, { ref: false });
  return Promise.race([
    sender.deliver(body).then(
      () => true,
      () => false,
    ),
    late,
  ]);
}
