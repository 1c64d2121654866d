import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { transform } from "esbuild";
import { OWN_REASONS } from "./reasons.js";
import { ATTRIBUTES } from "../src/element/attributes.js";

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
    for (const [, names, from] of compiled.matchAll(/import \{([^}]*)\} from "ccmessaging-upload(\/\w+)?"/g)) {
      const exported = read(from ? "element.js" : "index.js");
      for (const name of names.split(",")) assert.match(exported, new RegExp(`\\b${name.trim()}\\b`));
    }
  });
}

test("the element's attributes are documented", () => {
  assert.deepEqual(documented("## The element", "### Styling").sort(), [...ATTRIBUTES].sort());
});

test("the variables are documented", () => {
  const variables = [...read("src/element/style.js").matchAll(/^ {2}(--[\w-]+):/gm)].map(([, name]) => name);
  assert.deepEqual(documented("### Styling", "### Plain pages").sort(), variables.filter((name) => !["--tint", "--line"].includes(name)).sort());
});

test("every reason of the package's own is documented", () => {
  assert.deepEqual(documented("## Errors", "## Languages").filter((name) => name !== "reasonCode"), OWN_REASONS);
});

test("every part is documented", () => {
  const folder = new URL("../src/element/", import.meta.url);
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")).join();
  const parts = [...sources.matchAll(/part: ["`]([\w-]+)/g), ...sources.matchAll(/button\("([\w-]+)"/g)].map(([, name]) => name);
  const looks = readme.slice(readme.indexOf("### Styling"), readme.indexOf("```css"));
  const hidden = ["announcements", "input", "photo", "root"];
  assert.ok(parts.length > 20, `${parts}`);
  for (const part of parts.filter((part) => !hidden.includes(part))) assert.match(looks, new RegExp(`\`${part}\``));
});
