// Builds dist/ccmessaging-upload.js: the element and all functions in one file for a <script> without a bundler.
// Languages other than English stay in messages/, from where they are loaded when they are needed.

import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;

await build({
  stdin: { contents: 'export * from "./index.js"; export * from "./element.js";', resolveDir: root },
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  globalName: "ccmessagingUpload",
  target: "es2022",
  plugins: [{
    name: "leave-languages",
    setup: ({ onResolve }) => onResolve({ filter: /messages\// }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined)),
  }],
  banner: { js: "/* ccmessaging-upload, MIT OR Apache-2.0 */" },
  outfile: `${root}dist/ccmessaging-upload.js`,
});
