import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { HcpClient, HcpClientOptions } from "../../src/hcp/request/client";
import type { options } from "../hcp-config/options";
import type { OptionValues } from "../kit/option-kinds";
import { textOption } from "../kit/options";
import { tlsOptions } from "../kit/tls";

/** An hcp-config node: it owns the one client of its server, which all other nodes share. */
export interface HcpServerNode extends Node {
  /** Absent if the config node itself could not be set up. Its status shows why. */
  client?: HcpClient;
}

export interface HcpCredentials {
  appKey: string;
  appSecret: string;
}

/** @throws {SurveillanceError} CONFIG_INVALID if no usable server is chosen */
export function hcpClientOf(RED: NodeAPI, server: string | undefined): HcpClient {
  const node = server === undefined ? null : (RED.nodes.getNode(server) as HcpServerNode | null);
  if (node?.client === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "No usable HikCentral server is chosen.", {
      advice: "Choose one, and check its address, app key and app secret.",
    });
  }
  return node.client;
}

/** The client's options from the settings of a server. */
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
    // Either place can switch verification off, each for its own servers.
    verifyTls: verifyTls && tls?.rejectUnauthorized !== false,
    tls,
  };
}
