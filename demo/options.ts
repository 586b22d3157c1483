import { existsSync } from "node:fs";
import { parseArgs } from "node:util";

export interface DemoOptions {
  /** End after the first alarm. */
  once: boolean;
  /** A video file for the simulated camera to play. */
  video?: string;
  /** A real camera instead of the simulated one. */
  rtsp?: string;
  /** An ONNX model instead of the default one. */
  model?: string;
  /** The labels that raise an alarm, separated by commas. */
  labels: string;
  /** The editor's port; 0 lets the system choose. */
  port: number;
}

/** Returns the help text. @param name of the command: `demo` or `dev` */
export const usage = (name: string): string => `npm run ${name} -- [options]

  --once            (demo) end with exit code 0 after the first alarm
  --video FILE      let the simulated camera play this file
  --rtsp URL        use the images of this camera (rtsp://user:password@host/path)
  --model FILE      detect with this ONNX model (YOLOv5 to v12, v26, YOLOX)
  --labels a,b      labels of the model that raise an alarm (default: person)
  --port N          the editor's port (default: a free one)
  --help            show this text
`;

/** @throws {Error} when an option is unknown, its value is not valid or its file does not exist; the message names it */
export function parseOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: "boolean", default: false },
      video: { type: "string" },
      rtsp: { type: "string" },
      model: { type: "string" },
      labels: { type: "string", default: "person" },
      port: { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (values.video !== undefined && values.rtsp !== undefined)
    throw new Error("Use either --video or --rtsp.");
  for (const file of [values.video, values.model])
    if (file !== undefined && !existsSync(file)) throw new Error(`File not found: ${file}`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is not a port number.`);
  const { once, video, rtsp, model, labels } = values;
  return { once, labels, port, ...(video && { video }), ...(rtsp && { rtsp }), ...(model && { model }) };
}
