export { EventArchive } from "./archive";
export { bytesOf } from "./check-event";
export { separators } from "./csv-line";
export { columns } from "./event-row";
export type { ArchivedFiles } from "./folder";
export type { ArchiveOptions } from "./options";
