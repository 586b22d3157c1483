import { randomUUID } from "node:crypto";
import { SurveillanceError } from "../../core/errors";
import { readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import { isFields, listOf, textOf } from "../../core/fields";
import { IsapiError } from "../connection/response-status";
import { buildXml, contentOf, parseXml } from "../documents/xml";
import type { DeviceClock } from "./device-clock";
import { readMatch, type Recording } from "./recording";

export interface SearchRequest {
  /** The main stream of channel 1 is on track 101. */
  track: string;
  /** In the format of `DeviceClock.toDevice`. */
  start: string;
  end: string;
  /** `motion`, `timing`, `alarm`, `manual`, …; default: all types. */
  type?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface SearchResult {
  recordings: Recording[];
  /** False if the device has more recordings than the limit of the search. */
  complete: boolean;
}

/** A page size that every device accepts. */
const PAGE = 40;
/** 10,000 recordings. Some devices respond MORE for ever. */
const MAX_PAGES = 250;
const RECORD_TYPES = "//recordType.meta.std-cgi.com";

/**
 * Finds the recordings of a track, over all pages. Source: ISAPI guide, content management
 * (`POST /ISAPI/ContentMgmt/search`); the guide spells the paging element `searchResultPostion`.
 *
 * @throws {SurveillanceError} ISAPI_REPLY, an IsapiError with the device's codes, or what the client throws
 */
export async function searchRecordings(
  client: IsapiClient,
  clock: DeviceClock,
  request: SearchRequest,
): Promise<SearchResult> {
  const searchID = randomUUID().toUpperCase();
  const found = new Map<string, Recording>();
  let position = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, more } = await readPage(client, { ...request, searchID, position });
    const known = found.size;
    for (const item of items) {
      const recording = readMatch(item, clock, request.track);
      found.set(recording.playbackUri ?? JSON.stringify(recording), recording);
    }
    position += items.length;
    // Without this check, a device that responds MORE but sends nothing new would get requests for ever.
    if (!more || found.size === known) return { recordings: [...found.values()], complete: true };
  }
  return { recordings: [...found.values()], complete: false };
}

interface Page {
  items: ReturnType<typeof listOf>;
  more: boolean;
}

async function readPage(
  client: IsapiClient,
  request: SearchRequest & { searchID: string; position: number },
): Promise<Page> {
  const body = buildXml({
    CMSearchDescription: {
      searchID: request.searchID,
      trackList: { trackID: request.track },
      timeSpanList: { timeSpan: { startTime: request.start, endTime: request.end } },
      maxResults: PAGE,
      searchResultPostion: request.position,
      metadataList: {
        metadataDescriptor: request.type === undefined ? RECORD_TYPES : `${RECORD_TYPES}/${request.type}`,
      },
    },
  });
  const search = {
    method: "POST",
    path: "/ISAPI/ContentMgmt/search",
    body,
    headers: { "content-type": "application/xml" },
    signal: request.signal,
  };
  return readResponse(client, search, (response) => pageIn(response.toString())).catch((thrown: unknown) => {
    throw withAdvice(thrown);
  });
}

function pageIn(xml: string): Page {
  const result = contentOf(parseXml(xml), /^CMSearchResult$/i);
  const status = textOf(result, "responseStatusStrg")?.toUpperCase();
  if (status === "FAILED") {
    throw new SurveillanceError("ISAPI_REPLY", "the device's search failed.", {
      advice: "Check that the device has a disk or card, and search a shorter time span.",
    });
  }
  const list = isFields(result.matchList) ? result.matchList.searchMatchItem : undefined;
  return { items: listOf(list), more: status === "MORE" };
}

/** Adds advice: devices respond only "device error" if the time span is too long. */
function withAdvice(thrown: unknown): unknown {
  if (!(thrown instanceof IsapiError) || thrown.statusCode !== "3") return thrown;
  const { code, message, httpStatus, statusCode, subStatusCode } = thrown;
  return new IsapiError(code, message, {
    httpStatus,
    status: { statusCode, subStatusCode, statusString: undefined, errorMsg: undefined },
    advice: "Search a shorter time span, and check the device's disk.",
  });
}
