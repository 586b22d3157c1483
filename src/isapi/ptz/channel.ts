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

/** Where a channel's PTZ is controlled. A lens drive that does not belong to the PTZ has a path of its own. */
interface PtzPaths {
  control: string;
  focus: string;
  iris: string;
}

/** One channel's pan, tilt, zoom and lens. Source: ISAPI guide, PTZ service. */
export class PtzChannel {
  readonly #client: IsapiClient;
  readonly #channel: string;
  readonly #motion: Motion;
  readonly #user: PtzUser;
  /** The paths where its PTZ may be; a single one as soon as that is known. */
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
   * The channel's limits, requested once. A device that publishes none gets the guide's.
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

  /** As `move`, but the device itself ends the movement. */
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

  /** Stops all movements. Requests nothing from the device before that. */
  async stop(): Promise<void> {
    await this.#motion.stop(this.#user, new Map([["ptz", this.#ptzMotor({ PTZData: STILL }, "continuous")]]));
  }

  /** Goes to a position. Axes that are not given stay where they are. @throws {SurveillanceError} CONFIG_INVALID out of range */
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

  /** Moves from the current position by the device's own steps. @throws {SurveillanceError} CONFIG_INVALID out of range */
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

  /** Stops what its user has moved, within 1.5 s. Never rejects. */
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
    throw new SurveillanceError("CONFIG_INVALID", `${what} is ${id}: this channel has 1 to ${max}.`);
  }

  #read<Content>(path: string, parse: (xml: string) => Content): Promise<Content> {
    return this.#find(({ control }) =>
      readResponse(this.#client, { path: `${control}/${path}` }, (body) => parse(body.toString())),
    );
  }

  async #send(request: (paths: PtzPaths) => IsapiRequest): Promise<void> {
    await this.#find((paths) => sendCommand(this.#client, request(paths)));
  }

  /** A stop waits neither for other requests nor for the pause after a refused password. */
  async #stop(request: (paths: PtzPaths) => IsapiRequest): Promise<void> {
    await this.#send((paths) => ({ ...request(paths), connection: "urgent" }));
  }

  /** Sends a request to the path of the channel's PTZ, or to each candidate as long as that is unknown. */
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
          `Channel ${this.#channel} at ${this.#client.where} has no such PTZ function: ${refusal?.message ?? ""}`,
          { cause: refusal, advice: "Choose a channel with PTZ, and let the user control it." },
        ),
    );
  }
}

/** A camera's own PTZ, then that of a camera behind a recorder. Source: ISAPI guide, PTZ service; recorders' proxy. */
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
