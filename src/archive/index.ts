export { EventArchive, type ArchivedFiles, type ArchiveOptions } from "./archive";
export { checkEvent } from "./check-event";
export { columns } from "./event-row";
