import type { SimulatedResponse, SeenRequest, SimulatedDevice } from "../isapi-device";
import { NAMESPACE } from "./documents";
import { refuse, xml } from "./responses";

/** A recording on the device; times are in its own clock, `2026-03-02T08:00:00Z`. */
export interface StoredRecording {
  track: string;
  start: string;
  end: string;
  type?: string;
  name: string;
  data: Buffer;
  /** The search returns no playback URI. */
  withoutUri?: boolean;
}

export interface RecorderOptions {
  /** The digits of the wall clock, and the zone after them. */
  localTime: () => string;
  /** In the device's format, with the rule for summer time. */
  timeZone: string;
  stored: StoredRecording[];
  /** The methods that the download accepts. */
  methods: readonly string[];
  /** The download supports ranges. */
  ranges: boolean;
  /** The next `breaks` downloads break after this number of bytes. */
  breakAfter: number;
  breaks: number;
  /** Sends neither a length nor chunks: the end of the connection ends the response. */
  undelimited: boolean;
  /** Always responds MORE. */
  alwaysMore: boolean;
  /** The longest time span of a search in days. */
  maxDays: number;
}

const UUID = /^\{?[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}?$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const PAGE = 40;

/** Adds search and download to a simulated device. Source: ISAPI guide, chapters 5 and 6. */
export function addRecorder(
  device: SimulatedDevice,
  options: Partial<RecorderOptions> = {},
): RecorderOptions {
  const recorder: RecorderOptions = {
    localTime: () => new Date().toISOString().slice(0, 19) + "+00:00",
    timeZone: "CST+0:00:00",
    stored: [],
    methods: ["GET"],
    ranges: true,
    breakAfter: 0,
    breaks: 0,
    undelimited: false,
    alwaysMore: false,
    maxDays: 366,
    ...options,
  };
  const searches = new Set<string>();
  device.handlers.set("/ISAPI/System/time", ({ method }) =>
    method === "GET"
      ? xml(
          `<Time ${NAMESPACE}><timeMode>manual</timeMode><localTime>${recorder.localTime()}</localTime><timeZone>${recorder.timeZone}</timeZone></Time>`,
        )
      : undefined,
  );
  device.handlers.set("/ISAPI/ContentMgmt/search", (request) => search(recorder, searches, request));
  device.handlers.set("/ISAPI/ContentMgmt/download", (request) => download(recorder, request));
  return recorder;
}

export function playbackUri({ track, start, end, name, data }: StoredRecording): string {
  return (
    `rtsp://192.0.2.64/Streaming/tracks/${track}/?starttime=${start.replace("T", " ")}&endtime=` +
    `${end.replace("T", " ")}&name=${name}&size=${data.length}`
  );
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function search(
  recorder: RecorderOptions,
  searches: Set<string>,
  { method, url, body }: SeenRequest,
): SimulatedResponse {
  if (method !== "POST") return refuse(url, 405, 4, "methodNotAllowed");
  const [id = "", start = "", end = ""] = ["searchID", "startTime", "endTime"].map((n) => element(body, n));
  const track = /<trackList><trackID>(\d+)<\/trackID><\/trackList>/.exec(body)?.[1];
  const max = Number(element(body, "maxResults"));
  // The guide's spelling.
  const position = Number(element(body, "searchResultPostion") ?? Number.NaN);
  const descriptor = element(body, "metadataDescriptor") ?? "";
  const wellFormed =
    /<CMSearchDescription[\s>]/.test(body) &&
    UUID.test(id) &&
    TIME.test(start) &&
    TIME.test(end) &&
    start < end &&
    track !== undefined &&
    max >= 1 &&
    max <= PAGE &&
    Number.isInteger(position) &&
    descriptor.startsWith("//recordType.meta.std-cgi.com");
  if (!wellFormed) return refuse(url, 400, 6, "badXmlContent");
  // A later page needs a search with a first page.
  if (position > 0 && !searches.has(id)) return refuse(url, 400, 6, "badParameters");
  searches.add(id);
  if (Date.parse(end) - Date.parse(start) > recorder.maxDays * 86_400_000) {
    return refuse(url, 500, 3, "deviceError");
  }
  const type = descriptor.split("/")[3];
  const matches = recorder.stored.filter(
    (item) =>
      item.track === track &&
      item.start < end &&
      item.end > start &&
      (type === undefined || type.toLowerCase() === item.type),
  );
  const page = matches.slice(position, position + max);
  const more = recorder.alwaysMore || position + page.length < matches.length;
  const status = more ? "MORE" : matches.length === 0 ? "NO MATCHES" : "OK";
  const list = page.map(
    (item) =>
      `<searchMatchItem><sourceID>{0000000000-0000-0000-0000-000000000000}</sourceID><trackID>${item.track}</trackID>` +
      `<timeSpan><startTime>${item.start}</startTime><endTime>${item.end}</endTime></timeSpan>` +
      `<mediaSegmentDescriptor><contentType>video</contentType><codecType>H.264-BP</codecType>` +
      (item.withoutUri === true
        ? ""
        : `<playbackURI>${playbackUri(item).replaceAll("&", "&amp;")}</playbackURI>`) +
      `</mediaSegmentDescriptor>` +
      `<metadataMatches><metadataDescriptor>recordType.meta.hikvision.com/${item.type ?? "timing"}</metadataDescriptor>` +
      `</metadataMatches></searchMatchItem>`,
  );
  return xml(
    `<CMSearchResult ${NAMESPACE}><searchID>${id}</searchID>` +
      `<responseStatus>true</responseStatus><responseStatusStrg>${status}</responseStatusStrg>` +
      `<numOfMatches>${page.length}</numOfMatches><matchList>${list.join("")}</matchList></CMSearchResult>`,
  );
}

function download(recorder: RecorderOptions, { method, url, body, range }: SeenRequest): SimulatedResponse {
  if (!recorder.methods.includes(method)) return refuse(url, 405, 4, "methodNotAllowed");
  const uri = element(body, "playbackURI")?.replaceAll("&amp;", "&");
  if (!/<downloadRequest[\s>]/.test(body) || uri === undefined) return refuse(url, 400, 6, "badXmlContent");
  const found = recorder.stored.find((item) => playbackUri(item) === uri);
  if (found === undefined) return refuse(url, 400, 6, "badParameters");
  const from = recorder.ranges ? Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0) : 0;
  if (from > found.data.length) return { status: 416 };
  const rest = found.data.subarray(from);
  const breakAfter = recorder.breakAfter;
  const breaking = recorder.breaks > 0;
  if (breaking) recorder.breaks -= 1;
  return {
    status: from > 0 ? 206 : 200,
    respond: (response) => {
      if (recorder.undelimited) response.useChunkedEncodingByDefault = false;
      response.writeHead(from > 0 ? 206 : 200, {
        "Content-Type": "application/octet-stream",
        ...(from > 0 && {
          "Content-Range": `bytes ${from}-${found.data.length - 1}/${found.data.length}`,
        }),
        ...(recorder.undelimited ? { Connection: "close" } : { "Content-Length": rest.length }),
      });
      if (!breaking) response.end(rest);
      else
        response.write(rest.subarray(0, breakAfter), () => {
          if (recorder.undelimited) response.end();
          else response.destroy();
        });
    },
  };
}
