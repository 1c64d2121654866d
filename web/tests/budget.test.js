import assert from "node:assert/strict";
import test from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const LEAVE_MESSAGES_OUT = {
  name: "leave-messages-out",
  setup: ({ onResolve }) => onResolve({ filter: /messages\// }, ({ path }) => ({ path, external: true })),
};

/** The bytes that a page loads for a module, minified and compressed. */
async function weight(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL("..", import.meta.url).pathname },
    bundle: true, minify: true, format: "esm", charset: "utf8", write: false, plugins: [LEAVE_MESSAGES_OUT],
  });
  return brotliCompressSync(outputFiles[0].contents).length;
}

const BUDGETS = [
  ["uploadFile and precheck", 2252, 'export { uploadFile, precheck } from "./index.js"'],
  ["the queue", 4608, 'export { createUploader } from "./index.js"'],
  ["the element with everything behind it, but for messages", 12_288, 'import "./element.js"'],
];
for (const [name, limit, contents] of BUDGETS) {
  test(`${name}: at most ${limit} bytes`, async (t) => {
    const bytes = await weight(contents);
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes <= limit, `${bytes} bytes`);
  });
}
