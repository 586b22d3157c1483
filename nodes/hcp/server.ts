import type { Node, NodeAPI } from "node-red";
import { SurveillanceError } from "../../src/core/errors";
import type { HcpClient, HcpClientOptions } from "../../src/hcp/request/client";
import { booleanOption, numberOption, textOption } from "../kit/options";
import { tlsOptions } from "../kit/tls";

/** An hcp-config node: owns the one connection to its server that all its users share. */
export interface HcpServerNode extends Node {
  /** Absent when the config node itself could not be set up; it says why. */
  client?: HcpClient;
}

export interface HcpServerConfig {
  url: string;
  contextPath: string;
  userId: string;
  /** Id of a tls-config node. */
  tls: string;
  verifyTls: boolean | string;
  timeout: number | string;
  concurrency?: number | string;
  pending?: number | string;
}

export interface HcpCredentials {
  appKey: string;
  appSecret: string;
}

/** @throws {SurveillanceError} CONFIG_INVALID when no usable server is chosen */
export function hcpClientOf(RED: NodeAPI, server: string): HcpClient {
  const client = (RED.nodes.getNode(server) as HcpServerNode | null)?.client;
  if (client === undefined) {
    throw new SurveillanceError("CONFIG_INVALID", "No usable HikCentral server is chosen.", {
      advice: "Choose one, and check its address, app key and app secret.",
    });
  }
  return client;
}

/**
 * The client's options out of what was entered for a server.
 *
 * @throws {SurveillanceError} CONFIG_INVALID for a value that cannot be right
 */
export function hcpClientOptions(
  RED: NodeAPI,
  config: HcpServerConfig,
  credentials: Partial<HcpCredentials>,
): HcpClientOptions {
  const tls = tlsOptions(RED, textOption(config.tls));
  return {
    url: textOption(config.url) ?? "",
    contextPath: textOption(config.contextPath),
    appKey: textOption(credentials.appKey) ?? "",
    appSecret: textOption(credentials.appSecret) ?? "",
    userId: textOption(config.userId),
    // Either place can switch verification off, each for its own servers.
    verifyTls: booleanOption("verifyTls", config.verifyTls, true) && tls?.rejectUnauthorized !== false,
    tls,
    timeout: numberOption("timeout", config.timeout, { min: 0.1, max: 600 }),
    concurrency: numberOption("concurrency", config.concurrency, { min: 1, max: 64, integer: true }),
    pending: numberOption("pending", config.pending, { min: 1, max: 100_000, integer: true }),
  };
}
