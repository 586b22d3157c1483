import { ServedModel } from "../remote/served-model";
import { packError } from "./messages";
import { serveWorker } from "./worker-channel";

/** The process that uses inference servers: it prepares images, sends them, and decodes the results. */
serveWorker((request, send) => {
  if (request.type !== "open") throw new Error("This worker opens servers.");
  return new ServedModel(request.servers, request.classes, {
    onReady: (info) => {
      send({ type: "ready", info });
    },
    onAway: (error) => {
      send({ type: "away", error: packError(error) });
    },
    onState: ({ ready, servers, errors }, slots) => {
      send({ type: "servers", report: { ready, servers, errors: errors.map(packError) }, slots });
    },
  });
});
