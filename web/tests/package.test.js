import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import test from "node:test";
import "./browser.js";

const root = new URL("..", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const run = (command, ...args) => {
  try {
    return execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch ({ stdout, stderr }) {
    return assert.fail(`${command} ${args.join(" ")}:\n${stdout}${stderr}`);
  }
};

test("the type declarations fit a program that uses everything", () => {
  run("npx", "--no-install", "tsc", "--project", "tests");
});

const FRAMEWORKS = [["react", "react-18"], ["react", "react"], ["preact", "preact"], ["vue", "vue"]];
for (const [framework, types] of FRAMEWORKS) {
  test(`the element can be used in JSX with the types of ${types}`, (t) => {
    const folder = new URL(`tests/jsx-${types}/`, root);
    mkdirSync(folder);
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(new URL("page.tsx", folder), read("tests/types-jsx.tsx").replaceAll("PACKAGE", framework)
      .replace(/class=/, framework === "react" ? "className=" : "class="));
    const paths = types === "react-18" ? { react: ["../../node_modules/@types/react-18"], "react/*": ["../../node_modules/@types/react-18/*"] } : undefined;
    const compilerOptions = { jsx: "react-jsx", jsxImportSource: framework, paths, module: "esnext", moduleResolution: "bundler" };
    writeFileSync(new URL("tsconfig.json", folder), JSON.stringify({ extends: "../tsconfig.json", compilerOptions, files: ["page.tsx"] }));
    run("npx", "--no-install", "tsc", "--project", `tests/jsx-${types}`);
  });
}

test("the type declarations name what the package exports", async () => {
  const declared = [...(read("index.d.ts") + read("types/chat.d.ts")).matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(await import("../index.js")).sort());
});

test("the published package holds all modules, their types and licences, and nothing else", () => {
  run("npm", "run", "build");
  const [{ files }] = JSON.parse(run("npm", "pack", "--dry-run", "--json", "--ignore-scripts"));
  const modules = ["src", "src/element", "messages", "types"].flatMap((folder) =>
    readdirSync(new URL(folder, root)).filter((name) => /\.(js|d\.ts)$/.test(name)).map((name) => `${folder}/${name}`));
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    "LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist/ccmessaging-upload.js", "element.d.ts", "element.js", ...readdirSync(new URL("examples", root)).map((name) => `examples/${name}`),
    "index.d.ts", "index.js", "package.json", ...modules,
  ].sort());
});

test("its licences are the project's", () => {
  for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) assert.equal(read(name), read(`../${name}`));
});

test("it depends on nothing", () => {
  const { dependencies, peerDependencies } = JSON.parse(read("package.json"));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
});

test("no file is over 400 lines", () => {
  for (const path of readdirSync(root, { recursive: true }).filter((path) => /\.(js|ts|md)$/.test(path) && !/node_modules|dist|\.next/.test(path))) {
    assert.ok(read(path).split("\n").length <= 400, path);
  }
});

test("no module imports itself through others, neither at once nor on demand", () => {
  const importsOf = (url) => Array.from(readFileSync(url, "utf8").matchAll(/(?:from|import|import\() ?"(\.{1,2}\/[^"]+)"/g), ([, path]) => new URL(path, url));
  const visit = (url, path) => {
    assert.ok(!path.includes(url.href), [...path, url].join(" > "));
    for (const imported of importsOf(url)) visit(imported, [...path, url.href]);
  };
  for (const entry of ["index.js", "element.js"]) visit(new URL(entry, root), []);
});
