/** A process that archives events without a pause. It sends the id of every stored event to its parent. */
import { EventArchive } from "../../src/archive";
import { archivedEvent, image } from "../src/archive/archived-event";

const [folder = "", prefix = "", count = "Infinity"] = process.argv.slice(2);
const archive = new EventArchive({ folder, raw: true });

/** The number of events at the same time. */
const AT_ONCE = 16;
let number = 0;

async function send(): Promise<void> {
  while (number < Number(count)) {
    number += 1;
    const id = `${prefix}${number}`;
    try {
      await archive.append(
        archivedEvent({ id, description: `two\r\n"lines" of ${id}`, images: [image(5000)] }),
        Buffer.from("<raw/>"),
      );
      process.send?.({ kept: id });
    } catch (thrown) {
      process.send?.({ code: (thrown as { code?: string }).code });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function main(): Promise<void> {
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  await archive.close();
  process.disconnect();
}

void main();
