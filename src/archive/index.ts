export { EventArchive } from "./archive";
export { bytesOf } from "./check-event";
export { separators } from "./csv-line";
export type { ArchiveOptions } from "./options";
