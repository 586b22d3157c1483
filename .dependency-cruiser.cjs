/** The layers: imports point one way, and without circles. See docs/architecture.md. */
const resources = ["core", "xml", "media", "net", "files", "ffmpeg"];
const protocols = ["hcp", "isapi", "viewtron", "rtsp", "vision", "archive", "store"];
const nodeFolders = "^nodes/(?!kit|hcp|isapi|rtsp|webhook|detection|events)[^/]+/";

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      comment: "Two files import each other: move what both need into a third file.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "src-without-node-red",
      comment: "src/ does not import Node-RED or nodes/.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: ["^nodes/", "node_modules/(@node-red|node-red|@types/node-red)"] },
    },
    {
      name: "core-alone",
      severity: "error",
      from: { path: "^src/core/" },
      to: { path: "^src/", pathNot: "^src/core/" },
    },
    {
      name: "resources-below-events",
      comment: "Formats and resources serve every protocol and do not import one.",
      severity: "error",
      from: { path: `^src/(${resources.join("|")})/` },
      to: { path: `^src/(events|${protocols.join("|")})/` },
    },
    {
      name: "events-below-protocols",
      severity: "error",
      from: { path: "^src/events/" },
      to: { path: `^src/(${protocols.join("|")})/` },
    },
    ...protocols.map((protocol) => ({
      name: `${protocol}-alone`,
      comment: "A protocol does not import another protocol.",
      severity: "error",
      from: { path: `^src/${protocol}/` },
      to: { path: `^src/(${protocols.filter((other) => other !== protocol).join("|")})/` },
    })),
    {
      name: "nodes-alone",
      comment:
        "A node does not import another node: shared code is in the folder of their family, or in kit/.",
      severity: "error",
      from: { path: "^nodes/([^/]+)/" },
      to: { path: nodeFolders, pathNot: "^nodes/$1/" },
    },
    {
      name: "kit-for-any-node",
      comment: "kit/ serves every node and does not import a protocol.",
      severity: "error",
      from: { path: "^nodes/kit/" },
      to: { path: ["^nodes/(?!kit/)", `^src/(${protocols.join("|")})/`] },
    },
    {
      name: "browser-code-below-dialogs",
      comment: "Code for the browser is in editor.ts or editor/ and runs only there.",
      severity: "error",
      from: { path: "^nodes/", pathNot: "/editor(/|\\.ts$)" },
      to: { path: "^nodes/[^/]+/editor(/|\\.ts$)", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
  },
};
