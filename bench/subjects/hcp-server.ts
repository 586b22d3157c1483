/**
 * What requests of the bench go to: the smallest server that answers as a gateway does, `hcp-server.ts <milliseconds>`
 * after it was asked. Says its port and serves.
 */
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

const delay = Number(process.argv[2] ?? 0);

const server = createServer((request, response) => {
  const reply = (): void => {
    response.writeHead(200, headers).end(answer);
  };
  request.resume();
  request.on("end", () => {
    if (delay > 0) setTimeout(reply, delay);
    else reply();
  });
});

process.on("message", () => {
  server.listen(0, "127.0.0.1", () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
});
