/** The layers: arrows point one way, and no file needs another one that needs it. See docs/architecture.md. */
const resources = ["core", "xml", "media", "net", "files", "ffmpeg"];
const protocols = ["hcp", "isapi", "viewtron", "rtsp", "vision", "archive"];
const nodeFolders = "^nodes/(?!kit|hcp|isapi|rtsp|webhook|detection)[^/]+/";

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      comment: "Neither file can be read without the other: move what both need into a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "src-without-node-red",
      comment: "src/ knows nothing of Node-RED: the arrows point from nodes to src.",
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
      comment: "Formats and resources serve every protocol and know none.",
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
      comment: "A protocol never imports another protocol.",
      severity: "error",
      from: { path: `^src/${protocol}/` },
      to: { path: `^src/(${protocols.filter((other) => other !== protocol).join("|")})/` },
    })),
    {
      name: "nodes-alone",
      comment:
        "A node never imports another node: what two of them share is in the folder of their family, or in kit/.",
      severity: "error",
      from: { path: "^nodes/([^/]+)/" },
      to: { path: nodeFolders, pathNot: "^nodes/$1/" },
    },
    {
      name: "kit-for-any-node",
      comment: "kit/ serves any node and knows no protocol.",
      severity: "error",
      from: { path: "^nodes/kit/" },
      to: { path: ["^nodes/(?!kit/)", `^src/(${protocols.join("|")})/`] },
    },
    {
      name: "browser-code-below-dialogs",
      comment: "What runs in the browser stands in editor.ts or editor/.",
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
