/**
 * ffmpeg's own words as the details of an error: what happened and what to do stand before them. The addresses in
 * memory that it names its parts by (`[rtsp @ 0x55e4…]`) say nothing to anybody.
 *
 * @param words redacted lines of standard error
 * @returns undefined where it said nothing
 */
export function ffmpegSaid(words: string): string | undefined {
  const text = words.replace(/ @ 0x[0-9a-f]+\]/gi, "]").trim();
  return text === "" ? undefined : `ffmpeg said: ${text.replace(/\.?$/, ".")}`;
}
