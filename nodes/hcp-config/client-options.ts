import type { NodeAPI } from "node-red";
import type { HcpClientOptions } from "../../src/hcp/request/client";
import type { OptionValues } from "../kit/option-kinds";
import { textOption } from "../kit/options";
import { tlsOptions } from "../kit/tls";
import type { options } from "./options";

export interface HcpCredentials {
  appKey: string;
  appSecret: string;
}

/** Returns the client options for the settings of a server. */
export function hcpClientOptions(
  RED: NodeAPI,
  { url = "", tls: tlsId, verifyTls, ...rest }: OptionValues<typeof options>,
  credentials: Partial<HcpCredentials>,
): HcpClientOptions {
  const tls = tlsOptions(RED, tlsId);
  return {
    ...rest,
    url,
    appKey: textOption(credentials.appKey) ?? "",
    appSecret: textOption(credentials.appSecret) ?? "",
    // The server's settings and the TLS node can each switch verification off.
    verifyTls: verifyTls && tls?.rejectUnauthorized !== false,
    tls,
  };
}
