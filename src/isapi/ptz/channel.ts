import { SurveillanceError } from "../../core/errors";
import { sendCommand, readResponse } from "../request/response";
import type { IsapiClient } from "../connection/client";
import type { IsapiRequest } from "../connection/messages";
import { firstPathOf, isWrongPath } from "../request/path-fallback";
import { buildXml } from "../documents/xml";
import {
  POSITION_SCALE,
  readPatrols,
  readPosition,
  readPresets,
  type PtzPatrol,
  type PtzPosition,
  type PtzPreset,
} from "./documents";
import { checkPosition, guideLimits, limitSpeeds, readPtzLimits, type Axes, type PtzLimits } from "./limits";
import type { Drive, Motion, Motor, PtzUser } from "./motion";

const STILL: Axes<number> = { pan: 0, tilt: 0, zoom: 0 };
const LENS_LIMITS = { min: -100, max: 100 };

/** The paths that control a channel's PTZ. A lens drive outside the PTZ head has its own path. */
interface PtzPaths {
  control: string;
  focus: string;
  iris: string;
}

/** Controls the pan, tilt, zoom and lens of one channel. Source: ISAPI guide, PTZ service. */
export class PtzChannel {
  readonly #client: IsapiClient;
  readonly #channel: string;
  readonly #motion: Motion;
  readonly #user: PtzUser;
  /** The paths to try; a single one as soon as one has worked. */
  #candidates: PtzPaths[];
  #limits: PtzLimits | undefined;

  constructor(client: IsapiClient, channel: string, motion: Motion, user: PtzUser) {
    this.#client = client;
    this.#channel = channel;
    this.#candidates = ptzPaths(channel);
    this.#motion = motion;
    this.#user = user;
  }

  /**
   * Returns the channel's limits, requested once. The guide's limits apply if the device publishes none.
   *
   * @throws {SurveillanceError} what the client throws
   */
  async limits(): Promise<PtzLimits> {
    if (this.#limits !== undefined) return this.#limits;
    try {
      this.#limits = await this.#read("capabilities", readPtzLimits);
    } catch (thrown) {
      if (!isWrongPath(thrown)) throw thrown;
      this.#limits = guideLimits;
    }
    return this.#limits;
  }

  /** Moves at these speeds, -100 to 100, for a time. @returns the speeds within the channel's limits */
  async move(speeds: Axes<number>, seconds: number): Promise<Axes<number>> {
    const limited = limitSpeeds(speeds, (await this.limits()).continuous);
    await this.#motion.start(
      this.#user,
      "ptz",
      this.#ptzMotor({ PTZData: limited }, "continuous"),
      seconds * 1000,
    );
    return limited;
  }

  /** Moves like `move`, but the device itself ends the movement. */
  async momentary(speeds: Axes<number>, seconds: number): Promise<Axes<number>> {
    const limited = limitSpeeds(speeds, (await this.limits()).momentary);
    const body = { PTZData: { ...limited, Momentary: { duration: Math.round(seconds * 1000) } } };
    await this.#motion.start(this.#user, "ptz", this.#ptzMotor(body, "momentary"), seconds * 1000, true);
    return limited;
  }

  /** Turns focus (positive: far) or iris (positive: open) at a speed, -100 to 100, for a time. */
  async lens(drive: "focus" | "iris", speed: number, seconds: number): Promise<number> {
    await this.limits();
    const limited = Math.round(Math.min(LENS_LIMITS.max, Math.max(LENS_LIMITS.min, speed)));
    await this.#motion.start(this.#user, drive, this.#lensMotor(drive, limited), seconds * 1000);
    return limited;
  }

  /** Stops all movements. The stop is the first request: it needs no limits. */
  async stop(): Promise<void> {
    await this.#motion.stop(this.#user, new Map([["ptz", this.#ptzMotor({ PTZData: STILL }, "continuous")]]));
  }

  /** Goes to a position. Axes without a value keep theirs. @throws {SurveillanceError} CONFIG_INVALID out of range */
  async absolute(target: Partial<PtzPosition>): Promise<PtzPosition> {
    const { absolute } = await this.limits();
    const { pan, tilt, zoom } = isComplete(target) ? target : { ...(await this.status()), ...target };
    const AbsoluteHigh = {
      elevation: checkPosition("tilt", tilt, absolute.tilt, POSITION_SCALE),
      azimuth: checkPosition("pan", pan, absolute.pan, POSITION_SCALE),
      absoluteZoom: checkPosition("zoom", zoom, absolute.zoom, POSITION_SCALE),
    };
    await this.#replace("absolute", { PTZData: { AbsoluteHigh } });
    return { pan, tilt, zoom };
  }

  /** Moves by the device's own steps. @throws {SurveillanceError} CONFIG_INVALID out of range */
  async relative(steps: Axes<number>): Promise<Axes<number>> {
    const { relative } = await this.limits();
    const Relative = {
      positionX: checkPosition("pan", steps.pan, relative.pan, 1),
      positionY: checkPosition("tilt", steps.tilt, relative.tilt, 1),
      relativeZoom: checkPosition("zoom", steps.zoom, relative.zoom, 1),
    };
    await this.#replace("relative", { PTZData: { Relative } });
    return { pan: Relative.positionX, tilt: Relative.positionY, zoom: Relative.relativeZoom };
  }

  async status(): Promise<PtzPosition> {
    return this.#read("status", readPosition);
  }

  async presets(): Promise<PtzPreset[]> {
    return this.#read("presets", readPresets);
  }

  /** Saves the current position. */
  async setPreset(id: number, name: string): Promise<void> {
    await this.#checkNumber("preset", id, "presets");
    const body = buildXml({ PTZPreset: { enabled: true, id, presetName: name } });
    await this.#send(({ control }) => put(`${control}/presets/${id}`, body));
  }

  async gotoPreset(id: number): Promise<void> {
    await this.#checkNumber("preset", id, "presets");
    await this.#replace(`presets/${id}/goto`);
  }

  async patrols(): Promise<PtzPatrol[]> {
    return this.#read("patrols", readPatrols);
  }

  async patrol(id: number, action: "start" | "stop"): Promise<void> {
    await this.#checkNumber("patrol", id, "patrols");
    await this.#replace(`patrols/${id}/${action}`);
  }

  /** Stops the movements of its user, within 1.5 s. Never rejects. */
  close(): Promise<void> {
    return this.#motion.leave(this.#user);
  }

  #ptzMotor(body: Record<string, unknown>, path: string): Motor {
    return {
      start: () => this.#send(({ control }) => put(`${control}/${path}`, buildXml(body))),
      stop: () => this.#stop(({ control }) => put(`${control}/continuous`, buildXml({ PTZData: STILL }))),
    };
  }

  #lensMotor(drive: Exclude<Drive, "ptz">, speed: number): Motor {
    const turn = (value: number) => (paths: PtzPaths) => {
      const body = drive === "focus" ? { FocusData: { focus: value } } : { IrisData: { iris: value } };
      return put(paths[drive], buildXml(body));
    };
    return { start: () => this.#send(turn(speed)), stop: () => this.#stop(turn(0)) };
  }

  async #replace(path: string, body?: Record<string, unknown>): Promise<void> {
    await this.limits();
    await this.#motion.replace(this.#user, "ptz", () =>
      this.#send(({ control }) => put(`${control}/${path}`, body === undefined ? undefined : buildXml(body))),
    );
  }

  async #checkNumber(what: string, id: number, limit: "presets" | "patrols"): Promise<void> {
    const max = (await this.limits())[limit];
    if (id >= 1 && id <= max) return;
    if (max === 0) {
      const where = `Channel ${this.#channel} at ${this.#client.where}`;
      throw new SurveillanceError("ISAPI_NOT_FOUND", `${where} has no ${limit}.`);
    }
    throw new SurveillanceError("CONFIG_INVALID", `Invalid ${what}: ${id}. This channel has 1 to ${max}.`);
  }

  #read<Content>(path: string, parse: (xml: string) => Content): Promise<Content> {
    return this.#find(({ control }) =>
      readResponse(this.#client, { path: `${control}/${path}` }, (body) => parse(body.toString())),
    );
  }

  async #send(request: (paths: PtzPaths) => IsapiRequest): Promise<void> {
    await this.#find((paths) => sendCommand(this.#client, request(paths)));
  }

  /** Sends a stop at once: ahead of other requests, and despite the pause after a rejected password. */
  async #stop(request: (paths: PtzPaths) => IsapiRequest): Promise<void> {
    await this.#send((paths) => ({ ...request(paths), connection: "urgent" }));
  }

  /** Sends a request to the path of the channel's PTZ, or to each candidate until the path is known. */
  #find<Result>(send: (paths: PtzPaths) => Promise<Result>): Promise<Result> {
    return firstPathOf(
      this.#candidates,
      async (paths) => {
        const result = await send(paths);
        this.#candidates = [paths];
        return result;
      },
      (refusal) =>
        new SurveillanceError(
          "ISAPI_NOT_FOUND",
          `Channel ${this.#channel} at ${this.#client.where} does not support this PTZ function: ${refusal?.message ?? ""}`,
          {
            cause: refusal,
            advice: "Choose a channel with PTZ, and give the user permission to control it.",
          },
        ),
    );
  }
}

/** Returns the paths for a camera, then those for a camera behind a recorder. Source: ISAPI guide, PTZ service. */
function ptzPaths(channel: string): PtzPaths[] {
  const input = `/ISAPI/System/Video/inputs/channels/${channel}`;
  const proxied = `/ISAPI/ContentMgmt/InputProxy/channels/${channel}/video`;
  return [
    { control: `/ISAPI/PTZCtrl/channels/${channel}`, focus: `${input}/focus`, iris: `${input}/iris` },
    {
      control: `/ISAPI/ContentMgmt/PTZCtrlProxy/channels/${channel}`,
      focus: `${proxied}/focus`,
      iris: `${proxied}/iris`,
    },
  ];
}

function isComplete(target: Partial<PtzPosition>): target is PtzPosition {
  return target.pan !== undefined && target.tilt !== undefined && target.zoom !== undefined;
}

function put(path: string, body: string | undefined): IsapiRequest {
  return {
    method: "PUT",
    path,
    ...(body === undefined ? {} : { body, headers: { "content-type": "application/xml" } }),
  };
}
