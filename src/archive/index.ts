export { EventArchive } from "./archive";
export { bytesOf } from "./check-event";
export { columns } from "./event-row";
export type { ArchivedFiles } from "./folder";
export type { ArchiveOptions } from "./options";
