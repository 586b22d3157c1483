import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const nodeRedInside = {
  group: ["node-red", "node-red/*", "@node-red/*", "**/nodes/**"],
  message: "src/ knows nothing of Node-RED: the arrows point from nodes to src.",
};

export default defineConfig(
  globalIgnores(["dist", "coverage", "**/*.mjs", "**/*.cjs"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./nodes/tsconfig.editor.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "no-empty": ["error", { allowEmptyCatch: false }],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [nodeRedInside] }] },
  },
  // One protocol never imports another: what they share lives in src/ itself, src/events and src/net.
  ...["hcp", "isapi", "viewtron", "rtsp", "vision"].map((protocol, _index, all) => ({
    files: [`src/${protocol}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            nodeRedInside,
            {
              group: all.filter((other) => other !== protocol).map((other) => `**/${other}/**`),
              message: "A protocol never imports another protocol.",
            },
          ],
        },
      ],
    },
  })),
  {
    files: ["nodes/*/runtime.ts"],
    rules: { "max-lines": ["error", { max: 120, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ["test/**/*.ts"],
    // mocha's describe/it take async functions, and a test file is as long as its specification.
    rules: {
      "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: ["describe", "it"] }],
    },
  },
);
