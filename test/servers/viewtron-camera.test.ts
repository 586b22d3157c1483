import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { responses } from "../../src/viewtron";
import { cameraStyle, recorderStyle, ViewtronCamera } from "./viewtron-camera";

describe("the simulated camera", () => {
  let server: Server;
  let camera: ViewtronCamera;
  let seen: { line: string; headers: IncomingMessage["headers"]; body: string }[];

  async function against(respond: (response: ServerResponse) => void): Promise<void> {
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => (body += text));
      request.on("end", () => {
        const line = `${request.method ?? ""} ${request.url ?? ""} HTTP/${request.httpVersion}`;
        seen.push({ line, headers: request.headers, body });
        respond(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    camera = new ViewtronCamera({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/API` });
  }
  const success = (response: ServerResponse): void => {
    response.setHeader("Content-Type", responses.success.contentType);
    response.setHeader("Content-Length", responses.success.body.length);
    response.end(responses.success.body);
  };

  beforeEach(() => {
    seen = [];
  });
  afterEach(() => {
    camera.close();
    server.closeAllConnections();
    server.close();
  });

  it("accepts the response that cameras regard as success, and keeps its connection", async () => {
    await against(success);
    await camera.deliver("<config/>");
    await camera.deliver("<config/>");
    assert.equal(camera.connections, 1);
  });

  const wrong: Record<string, (response: ServerResponse) => void> = {
    "another status": (response) => response.writeHead(202).end(),
    "another content type": (response) => response.end(responses.success.body),
    "another body": (response) => {
      response.setHeader("Content-Type", "application/xml");
      response.end("<ok/>");
    },
    "no response": (response) => response.destroy(),
  };
  for (const [what, respond] of Object.entries(wrong)) {
    it(`does not accept ${what} as success`, async () => {
      await against(respond);
      await assert.rejects(camera.deliver("<config/>"));
    });
  }

  it("writes its requests as cameras and recorders do", async () => {
    await against(success);
    await camera.deliver("<config/>", cameraStyle);
    await camera.deliver("<config/>", recorderStyle);
    await camera.deliver("<config/>", { ...cameraStyle, httpVersion: "1.0" });
    await camera.deliver("<config/>", { ...cameraStyle, chunked: true });
    assert.equal(seen[0]?.line, "POST /API HTTP/1.1");
    assert.match(seen[1]?.line ?? "", /^POST http:\/\/127\.0\.0\.1:\d+\/API HTTP\/1\.1$/);
    assert.match(seen[1]?.headers["content-type"] ?? "", /soap\+xml/);
    assert.equal(seen[1]?.headers.connection, "close");
    assert.equal(seen[2]?.line, "POST /API HTTP/1.0");
    assert.equal(seen[3]?.headers["transfer-encoding"], "chunked");
    assert.deepEqual(new Set(seen.map(({ body }) => body)), new Set(["<config/>"]));
  });
});
