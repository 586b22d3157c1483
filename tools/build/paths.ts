import path from "node:path";

/** The checkout. */
export const root = path.resolve(__dirname, "../..");
export const dist = path.join(root, "dist");
/** Where Node-RED's loader finds each node's .js and .html, with `icons/` and `locales/` beside them. */
export const distNodes = path.join(dist, "nodes");
