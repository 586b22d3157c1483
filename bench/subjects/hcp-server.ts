/** What requests of the bench go to: the smallest server that answers as a gateway does. Says its port and serves. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const answer = JSON.stringify({
  code: "0",
  msg: "Success",
  data: { produceName: "HikCentral Professional", softVersion: "V2.2.2.0" },
});
const headers = {
  "Content-Type": "application/json;charset=UTF-8",
  "Content-Length": String(Buffer.byteLength(answer)),
};

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(200, headers).end(answer);
  });
});

process.on("message", () => {
  server.listen(0, "127.0.0.1", () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
});
