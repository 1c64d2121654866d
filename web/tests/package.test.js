import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
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

test("the type declarations name what the package exports", async () => {
  const declared = [...read("index.d.ts").matchAll(/^export (?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), Object.keys(await import("../index.js")).sort());
});

test("the published package holds all modules, their types and licences, and nothing else", () => {
  const [{ files }] = JSON.parse(run("npm", "pack", "--dry-run", "--json", "--ignore-scripts"));
  const modules = ["src", "src/element", "messages"].flatMap((folder) =>
    readdirSync(new URL(folder, root)).filter((name) => /\.(js|d\.ts)$/.test(name)).map((name) => `${folder}/${name}`));
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    "LICENSE-APACHE", "LICENSE-MIT", "README.md", "element.d.ts", "element.js", "index.d.ts", "index.js", "package.json", ...modules,
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
  for (const path of readdirSync(root, { recursive: true }).filter((path) => /\.(js|ts|md)$/.test(path) && !path.startsWith("node_modules"))) {
    assert.ok(read(path).split("\n").length <= 400, path);
  }
});
