/** HikCentral Professional: the OpenAPI gateway's client and the signature it asks for. */
export { HcpClient, type HcpClientOptions, type HcpReply, type HcpRequestOptions } from "./client";
export { HcpError } from "./hcp-error";
export { sign, type Parameters, type Signature, type SignInput } from "./sign";
export { statusCodes, type StatusCode } from "./status-codes";
