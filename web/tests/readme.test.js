import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { transform } from "esbuild";
import { OWN_REASONS } from "./reasons.js";

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const readme = read("README.md");
const fences = [...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language, code]) => [language, code]);
const modules = fences.flatMap(([language, code]) => {
  if (["js", "jsx"].includes(language)) return [[language, code]];
  return [...code.matchAll(/<script(?: type="module"| setup)>(.*?)<\/script>/gs)].map(([, script]) => ["js", script]);
});

/** All words in backticks in the table rows between two headings. */
function documented(from, to) {
  const section = readme.slice(readme.indexOf(`\n${from}\n`), readme.indexOf(`\n${to}\n`));
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
}

for (const [loader, code] of modules) {
  const [first] = code.trim().split("\n");
  test(`the example that begins with ${first} is a module that imports what there is`, async () => {
    const { code: compiled } = await transform(`(async () => {}); ${code}`, { loader, format: "esm" });
    for (const [, names, from] of compiled.matchAll(/import \{([^}]*)\} from "ccmessaging-upload(\/element)?"/g)) {
      const exported = read(from ? "element.js" : "index.js");
      for (const name of names.split(",")) assert.match(exported, new RegExp(`\\b${name.trim()}\\b`));
    }
  });
}

test("the element's attributes are documented", () => {
  const source = read("src/element/element.js");
  const named = [...source.matchAll(/(?:get|has)Attribute\("([\w-]+)"\)/g)].map(([, name]) => name);
  const families = ["image", "audio", "video", "text"].map((family) => `max-${family}-bytes`);
  const expected = [...new Set([...named, ...families, "lang", "disabled"])].sort();
  assert.deepEqual(documented("## The element", "### Without a bundler, under the package's name")
    .filter((name) => !["getToken", "headers", "uploader"].includes(name)).sort(), expected);
});

test("every reason of the package's own is documented", () => {
  assert.deepEqual(documented("## Errors", "## Languages").filter((name) => name !== "reasonCode"), OWN_REASONS);
});

test("every part is documented", () => {
  const sources = ["announcer", "element", "item"].map((name) => read(`src/element/${name}.js`)).join();
  const parts = [...sources.matchAll(/part: ["`]([\w-]+)/g), ...sources.matchAll(/#button\("([\w-]+)"/g)].map(([, name]) => name);
  const looks = readme.slice(readme.indexOf("Looks:"), readme.indexOf("```css"));
  const hidden = ["announcements", "input", "root"];
  for (const part of parts.filter((part) => !hidden.includes(part))) assert.match(looks, new RegExp(`\`${part}\``));
});
