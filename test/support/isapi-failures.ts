import { deviceInfo, responseStatus } from "../servers/isapi/documents";
import type { SimulatedResponse, SeenRequest } from "../servers/isapi-device";

/** A failure of a device. */
export interface Failure {
  /** Completes "the device …" in a test name. */
  what: string;
  code: string;
  /** The device's handler for the path. */
  handler: (request: SeenRequest) => SimulatedResponse;
}

const webPage = "<html><head><title>Sign in</title></head><body><p>Welcome<br></p></body></html>";

/** The device rejects the request, as in the guide. */
export const refusals: Failure[] = [
  {
    what: "is busy",
    code: "ISAPI_BUSY",
    handler: ({ url }) => ({ status: 503, body: responseStatus(url, 2, "Device Busy", "deviceBusy") }),
  },
  {
    what: "does not support it",
    code: "ISAPI_NOT_FOUND",
    handler: ({ url }) => ({ status: 403, body: responseStatus(url, 4, "Invalid Operation", "notSupport") }),
  },
];
/** The device rejects the request, other than in the guide. */
const denial: Failure = {
  what: "refuses the path with a 401, although the password is right",
  code: "ISAPI_FORBIDDEN",
  handler: () => ({
    status: 401,
    headers: { "WWW-Authenticate": 'Digest realm="IP Camera(A1234)", nonce="0123", qop="auth"' },
  }),
};
/** The response does not end. */
export const drip: Failure = {
  what: "sends a response without end, byte by byte",
  code: "TIMEOUT",
  handler: () => ({
    status: 200,
    respond: (response) => {
      response.writeHead(200, { "Content-Type": "application/xml" });
      const timer = setInterval(() => response.write("<"), 30);
      response.on("close", () => {
        clearInterval(timer);
      });
    },
  }),
};
/** The connection or the device fails. */
export const silences: Failure[] = [
  {
    what: "closes the connection during its response",
    code: "CONNECTION_LOST",
    handler: () => ({
      status: 200,
      respond: (response) => {
        response.writeHead(200, { "Content-Type": "application/xml", "Content-Length": 1000 });
        response.write('<?xml version="1.0"?>', () => response.destroy());
      },
    }),
  },
  {
    what: "does not respond in time",
    code: "TIMEOUT",
    handler: () => ({ status: 200, after: new Promise(() => undefined) }),
  },
];
export const breakdowns = [...silences, drip];
export const garbage: Failure = {
  what: "responds with invalid data",
  code: "ISAPI_REPLY",
  handler: () => ({ status: 200, body: Buffer.from([0xff, 0, 0x7b, 0xfe, 0x0d, 0x81]) }),
};
/** Well-formed documents that do not belong to the request, from a proxy or the web server of the device. */
export const otherDocuments: Failure[] = [
  {
    what: "responds with a web page",
    code: "ISAPI_REPLY",
    handler: () => ({ status: 200, type: "text/html", body: webPage }),
  },
  {
    what: "responds with a web page with a document type",
    code: "ISAPI_REPLY",
    handler: () => ({ status: 200, type: "text/html", body: `<!DOCTYPE html>\n${webPage}` }),
  },
  {
    what: "responds with another document",
    code: "ISAPI_REPLY",
    handler: () => ({ status: 200, body: deviceInfo("camera") }),
  },
];
export const allFailures = [...refusals, denial, ...breakdowns, garbage, ...otherDocuments];
