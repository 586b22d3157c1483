/**
 * Sends requests, each after a response: `hcp-requests.ts <client|bare> <url>`. `bare` is undici alone, with the same
 * connections, body and number of headers, without a signature.
 */
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Agent } from "undici";
import type * as Hcp from "../../src/hcp";

const [side, url = ""] = process.argv.slice(2);
const PATH = "/artemis/api/common/v1/version";
const body = { pageNo: 1, pageSize: 500, siteIndexCode: "0" };

export interface SendRequest {
  requests: number;
  inFlight: number;
}
export interface SendResponse {
  perSecond: number;
}

function sender(): () => Promise<unknown> {
  if (side === "client") {
    // The built package.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- built only when the bench runs
    const { HcpClient } = require(path.resolve(__dirname, "../../dist/src/hcp")) as typeof Hcp;
    const client = new HcpClient({ url, appKey: "21000041", appSecret: "bench-secret" });
    return () => client.request(PATH, body);
  }
  const agent = new Agent({ connections: 8 });
  const headers = {
    Accept: "*/*",
    "Content-Type": "application/json",
    "X-Ca-Key": "21000041",
    "X-Ca-Nonce": "8f14e45f-ceea-467f-a2d1-0c6f7d1b7f3a",
    "X-Ca-Timestamp": "1709290800000",
    "X-Ca-Signature": "wIOPM52ZF/cw0e4Gqf5tqbe4sjZ1tlgtXHkFVtqPqvE=",
    "X-Ca-Signature-Headers": "x-ca-key,x-ca-nonce,x-ca-timestamp",
  };
  return async () => {
    const response = await agent.request({
      ...{ origin: url, path: PATH, method: "POST", headers, body: JSON.stringify(body) },
    });
    return response.body.json();
  };
}

async function run(send: () => Promise<unknown>, { requests, inFlight }: SendRequest): Promise<SendResponse> {
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { perSecond: requests / ((performance.now() - started) / 1000) };
}

const send = sender();
process.on("message", (request: SendRequest) => {
  void run(send, request).then((response) => process.send?.(response));
});
