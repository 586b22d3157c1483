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
  /** What raises an alarm. */
  labels: string;
  /** The editor's port; 0 lets the system choose. */
  port: number;
}

/** @param name the command's: `demo` or `dev` */
export const usage = (name: string): string => `npm run ${name} -- [options]

  --once            (demo) end with exit code 0 after the first alarm
  --video FILE      let the simulated camera play this file
  --rtsp URL        take the pictures from this camera (rtsp://user:password@host/path)
  --model FILE      detect with this ONNX model (YOLOv5 to v12, v26, YOLOX)
  --labels a,b      what raises an alarm: labels of the model (default: person)
  --port N          the editor's port (default: a free one)
  --help            this text
`;

/** @throws {Error} naming the option that is not understood */
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
    throw new Error("--video and --rtsp exclude each other");
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port}: not a port number`);
  const { once, video, rtsp, model, labels } = values;
  return { once, labels, port, ...(video && { video }), ...(rtsp && { rtsp }), ...(model && { model }) };
}
