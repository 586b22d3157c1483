import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { SurveillanceError } from "../../core/errors";
import { parseForeignJson } from "../../core/json";
import { networkError } from "../../net/network-error";
import type { IsapiClient } from "../connection/client";
import { pathOf, readText, type IsapiResponse } from "../connection/messages";
import { isFields, type Fields } from "../../core/fields";
import { fileError } from "../../files/target-file";
import { statusError } from "../connection/response-status";
import { buildXml, parseXml } from "../documents/xml";

export const httpMethods = ["GET", "PUT", "POST", "DELETE"] as const;
export type HttpMethod = (typeof httpMethods)[number];
/** `auto` detects the format of the response. `txt` returns text, and `bin` returns bytes. */
export type ResponseFormat = "auto" | "txt" | "bin";

export interface GenericRequest {
  method: HttpMethod;
  path: string;
  /** An object becomes JSON if the path contains `format=json`, else XML. Text and bytes are sent unchanged. */
  body?: unknown;
  format: ResponseFormat;
  /** The path of a file to save the response to. */
  file?: string | undefined;
  headers?: Record<string, string> | undefined;
  signal?: AbortSignal | undefined;
}

export interface GenericResponse {
  status: number;
  headers: IsapiResponse["headers"];
  /** Parsed fields, text, or bytes; for a file, its path and size. */
  payload: unknown;
}

/**
 * Sends any request to a device. In an XML response, text stays text, the content of a `…List` stays an array, and
 * attributes are `@name`.
 *
 * @throws {SurveillanceError} CONFIG_INVALID, ISAPI_REPLY, an IsapiError with the device's codes, or the client's
 * errors
 */
export async function sendRequest(client: IsapiClient, request: GenericRequest): Promise<GenericResponse> {
  const { method, path, signal } = request;
  const { body, type } = encode(request);
  const headers = { ...(type === undefined ? {} : { "content-type": type }), ...request.headers };
  if (request.file !== undefined) return download(client, { ...request, file: request.file }, headers, body);
  const response = await client.read({ method, path, body, headers, signal });
  return {
    status: response.status,
    headers: response.headers,
    payload: decode(response.body, request.format, response.headers),
  };
}

function encode({ body, path }: GenericRequest): { body?: string | Buffer; type?: string } {
  if (body === undefined || body === null || body === "") return {};
  if (Buffer.isBuffer(body)) return { body, type: "application/octet-stream" };
  if (typeof body === "string") return { body, type: typeOf(body) };
  if (/[?&]format=json\b/i.test(path)) return { body: JSON.stringify(body), type: "application/json" };
  if (!isFields(body)) {
    throw new SurveillanceError(
      "CONFIG_INVALID",
      "The body must be text, a Buffer, or an object to convert to XML or JSON.",
    );
  }
  return { body: buildXml(body), type: "application/xml" };
}

function typeOf(text: string): string {
  const first = text.trimStart()[0];
  if (first === "<") return "application/xml";
  return first === "{" || first === "[" ? "application/json" : "text/plain";
}

function decode(body: Buffer, format: ResponseFormat, headers: IsapiResponse["headers"]): unknown {
  if (format === "bin") return body;
  if (format === "txt") return body.toString();
  const type = String(headers["content-type"] ?? "");
  if (/^(image|video|audio)\/|octet-stream/i.test(type)) return body;
  const text = body.toString();
  const first = text.replace(/^\uFEFF/, "").trimStart()[0];
  if (first === "<" && !/html/i.test(type)) {
    const { root, value } = parseXml(text, { attributes: true });
    return { [root]: value } satisfies Fields;
  }
  if (first !== "{" && first !== "[") return text;
  try {
    return parseForeignJson(text);
  } catch {
    // Text that only begins like JSON.
    return text;
  }
}

/** The partial files of running downloads. Several downloads may have the same target. */
const partials = new Set<string>();

function newPartial(file: string): string {
  for (let count = 1; ; count += 1) {
    const partial = count === 1 ? `${file}.part` : `${file}.${count}.part`;
    if (partials.has(partial)) continue;
    partials.add(partial);
    return partial;
  }
}

/** Downloads to a partial file and renames it at the end, so that a broken download does not look complete. */
async function download(
  client: IsapiClient,
  { method, path, file, signal }: GenericRequest & { file: string },
  headers: Record<string, string>,
  body: string | Buffer | undefined,
): Promise<GenericResponse> {
  const response = await client.request({ method, path, body, headers, signal, connection: "download" });
  if (response.status < 200 || response.status > 299) {
    throw statusError(response.status, await readText(response.body), `${method} ${pathOf({ path })}`);
  }
  const partial = newPartial(file);
  const target = createWriteStream(partial);
  try {
    await pipeline(response.body, target, signal === undefined ? {} : { signal });
    await rename(partial, file);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw fileError(thrown, file) ?? networkError(thrown, `The download from ${client.where} to ${file}`);
  } finally {
    partials.delete(partial);
  }
  return {
    status: response.status,
    headers: response.headers,
    payload: { file, bytes: target.bytesWritten },
  };
}
