/** Returns the Node-RED and the Node.js that NODE_RED_MODULE and NODE_BINARY name. */
export function chosenNodeRed(): { module?: string; nodeBinary?: string } {
  const { NODE_RED_MODULE: module, NODE_BINARY: nodeBinary } = process.env;
  return { ...(module && { module }), ...(nodeBinary && { nodeBinary }) };
}
