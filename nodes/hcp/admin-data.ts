/** The data between the editor and the runtime about HikCentral: plain data. */
import type { Operation } from "../../src/hcp/catalogue/types";

/** The data for the form of a request. */
export interface OperationList {
  operations: readonly Operation[];
  /** The kind of resource that can be picked for a parameter of that name. */
  pickers: Readonly<Record<string, string>>;
}

/** A camera, a door or another resource of the platform. */
export interface Resource {
  id: string;
  name: string;
}

/** A server in the editor, deployed or not. */
export interface OpenServer {
  /** Id of the config node, by which the runtime finds the saved settings. */
  id: string;
  url: string;
  contextPath: string;
  userId: string;
  tls: string;
  verifyTls: boolean;
  timeout: string;
  /** Only entered secrets. A missing secret, and `__PWRD__`, mean the saved one. */
  credentials: { appKey?: string | undefined; appSecret?: string | undefined };
}
