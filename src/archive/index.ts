export { EventArchive, type ArchiveOptions } from "./archive";
export { bytesOf } from "./check-event";
export { columns } from "./csv/row";
export type { ArchivedFiles } from "./folder";
