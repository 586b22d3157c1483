import type { DetectionServers } from "../model-types";
import { testEachServer } from "../remote/test-servers";

/** The process behind the button "Test" of inference servers. */
process.once("message", (servers: DetectionServers) => {
  void testEachServer(servers).then((results) => process.send?.(results));
});
// The parent process has ended.
process.on("disconnect", () => process.exit());
