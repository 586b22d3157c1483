/**
 * The containers of recordings and sounds. Their sender decides what a file contains, and ffmpeg recognizes playlists by
 * their text, whatever the file name: they name other files of this computer. So playlists are not in the list.
 */
const CONTAINERS = [
  ...[
    "mpeg",
    "mpegts",
    "mpegvideo",
    "mov",
    "mp4",
    "avi",
    "flv",
    "matroska",
    "webm",
    "asf",
    "h264",
    "hevc",
    "m4v",
  ],
  ...["wav", "w64", "mp3", "aac", "ac3", "flac", "ogg", "aiff", "amr", "au", "caf"],
];

/** Returns the arguments for a file whose content comes from outside: ffmpeg opens this file and no other. */
export function localInput(file: string): string[] {
  return ["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS.join(","), "-i", `file:${file}`];
}
