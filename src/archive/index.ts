export { EventArchive, type ArchiveOptions } from "./archive";
export { bytesOf } from "./check-event";
