/** What the editor and the runtime tell each other about HikCentral: plain data, known to both. */
import type { Operation } from "../../src/hcp/catalogue/types";

/** What the form for a request is made from. */
export interface OperationList {
  operations: readonly Operation[];
  /** Which kind of resource can be picked for a parameter of that name. */
  pickers: Readonly<Record<string, string>>;
}

/** One of the platform's cameras, doors … */
export interface Resource {
  id: string;
  name: string;
}

/** A server as it stands in the editor, deployed or not. */
export interface OpenServer {
  /** Of the config node: under it the runtime finds what is saved. */
  id: string;
  url: string;
  contextPath: string;
  userId: string;
  tls: string;
  verifyTls: boolean;
  timeout: string;
  /** Only what was entered: missing ones, and `__PWRD__`, stand for what is saved. */
  credentials: { appKey?: string | undefined; appSecret?: string | undefined };
}
