import assert from "node:assert/strict";
import test from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

/** The bytes of a module and its imports, minified and compressed, without those that `isLeftOut` names. */
async function weight(contents, isLeftOut) {
  const leaveOut = ({ path, kind }) => (isLeftOut(path, kind) ? { path, external: true } : undefined);
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL("..", import.meta.url).pathname },
    bundle: true, minify: true, format: "esm", charset: "utf8", write: false,
    plugins: [{ name: "leave-out", setup: ({ onResolve }) => onResolve({ filter: /^\.\.?\// }, leaveOut) }],
  });
  return brotliCompressSync(outputFiles[0].contents).length;
}

const BUDGETS = [
  ["uploadFile and precheck", 2252, 'export { uploadFile, precheck } from "./index.js"'],
  ["the queue", 4608, 'export { createUploader } from "./index.js"'],
  ["the element", 12_288, 'import "./element.js"'],
];
for (const [name, limit, contents] of BUDGETS) {
  test(`${name}: at most ${limit} bytes at once`, async (t) => {
    const atOnce = await weight(contents, (path, kind) => kind === "dynamic-import" || path.includes("messages/"));
    const all = await weight(contents, (path) => path.includes("messages/"));
    t.diagnostic(`${atOnce} bytes at once, ${all} with all that is loaded when it is needed, but for messages`);
    assert.ok(atOnce <= limit, `${atOnce} bytes`);
  });
}

test("the chat adds at most 2560 bytes to the queue", async (t) => {
  const atOnce = (names) => weight(`export { ${names} } from "./index.js"`, (path, kind) => kind === "dynamic-import" || path.includes("messages/"));
  const added = await atOnce("createUploader, createChat") - await atOnce("createUploader");
  t.diagnostic(`${added} bytes`);
  assert.ok(added <= 2560, `${added} bytes`);
});
