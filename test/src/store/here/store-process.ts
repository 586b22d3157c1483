/** A process that stores and consumes until it is killed: `node store-process.ts FOLDER ROUND`. */
import { openHereStore } from "../../../../src/store/here";
import type { EventStore } from "../../../../src/store/store";
import { message, read, type Reader } from "./store-rig";

const [folder = "", round = ""] = process.argv.slice(2);
/** Resolves when the parent will get it, even if this process is killed now. */
const report = (what: object): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(what, undefined, {}, () => {
      resolve();
    });
  });

async function put(store: EventStore, camera: number): Promise<void> {
  for (let number = 0; ; number++) {
    const text = `${round}/${camera}/${number}`;
    await store.put(message(text, ["surveillance", "isapi", `camera ${camera}`, "1", "motion"]));
    await report({ stored: text });
  }
}

async function consume(reader: Reader): Promise<void> {
  for (let at = 0; ; at++) {
    await reader.got(at + 1);
    const delivery = reader.deliveries[at];
    const text = Buffer.from((await delivery?.read()) ?? []).toString();
    // Every third message stays in hand when the process is killed.
    if (at % 3 === 2) {
      // It comes again in a later round.
      delivery?.again(60_000);
      continue;
    }
    await report({ read: text });
    await delivery?.acknowledge();
    await report({ done: text });
  }
}

process.once("message", () => {
  const store = openHereStore({ folder, stream: "surveillance" });
  for (let camera = 0; camera < 4; camera++) void put(store, camera);
  void consume(read(store, { lookahead: 10 }));
});
