import type { AnyImage } from "../../media/frame";
import { encodeJpeg } from "../input/jpeg";
import { toImageBox, letterbox } from "../input/letterbox";
import type { ImageModel } from "../model/detection-model";
import type { DetectOptions, Findings, FoundObject, ModelInfo } from "../model-types";
import type { ImageServers } from "../servers/types";

/** A model of a server that takes a whole image and returns labelled boxes: nothing is decoded here. */
export class LabelledModel implements ImageModel {
  readonly info: ModelInfo;
  readonly #servers: ImageServers;

  constructor(name: string, servers: ImageServers) {
    this.info = { name, family: "deepstack", labels: [], labelled: true };
    this.#servers = servers;
  }

  async detect(
    image: AnyImage,
    { confidence, maxDetections, classes }: DetectOptions,
    camera?: string,
  ): Promise<Findings> {
    const { data, size } = await encodeJpeg(image);
    const { value, server, milliseconds } = await this.#servers.detect(data, { confidence, lane: camera });
    const wanted = classes && new Set(classes.map((label) => label.toLowerCase()));
    const fit = letterbox(size, size, "topLeft");
    const objects = value
      .filter(({ label, score }) => score > confidence && (wanted?.has(label.toLowerCase()) ?? true))
      .flatMap(({ label, score, box: { x, y, width, height } }): FoundObject[] => {
        const box = toImageBox({ x1: x, y1: y, x2: x + width, y2: y + height }, fit, size);
        return box === undefined ? [] : [{ label, score, box }];
      })
      .sort((one, other) => other.score - one.score)
      .slice(0, maxDetections);
    return { objects, ...size, inferenceMs: milliseconds, server };
  }
}
