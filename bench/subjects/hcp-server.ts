/**
 * A minimal server with the responses of a gateway: `hcp-server.ts <response time in milliseconds>`. The response to the
 * first request of the bench is its port.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const body = JSON.stringify({
  code: "0",
  msg: "Success",
  data: { produceName: "HikCentral Professional", softVersion: "V2.2.2.0" },
});
const headers = {
  "Content-Type": "application/json;charset=UTF-8",
  "Content-Length": String(Buffer.byteLength(body)),
};

const delay = Number(process.argv[2] ?? 0);

const server = createServer((request, response) => {
  const respond = (): void => {
    response.writeHead(200, headers).end(body);
  };
  request.resume();
  request.on("end", () => {
    if (delay > 0) setTimeout(respond, delay);
    else respond();
  });
});

process.on("message", () => {
  server.listen(0, "127.0.0.1", () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
});
