// Builds a page in each framework with the packed package, serves it, and uploads a file in Chromium.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { on } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname } from "node:path";
import test from "node:test";
import { chromium } from "playwright-core";

const root = new URL(".", import.meta.url);
const run = (folder, ...command) => execFileSync("npx", ["--no-install", ...command], { cwd: new URL(`${folder}/`, root), stdio: "inherit" });
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** Answers uploads, and everything else by `page`. */
async function serve(t, page) {
  const server = createServer((asked, response) => {
    if (asked.url !== "/upload") return page(asked, response);
    asked.resume().on("end", () => response.setHeader("content-type", "application/json").end('{"returnCode":"0","objectKey":"7f0c"}'));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${server.address().port}/`;
}

/** Serves what Vite has built. */
const built = (folder) => ({ url }, response) => {
  const file = new URL(`${folder}/dist${url === "/" ? "/index.html" : url}`, root);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.setHeader("content-type", TYPES[extname(file.pathname)] ?? "application/octet-stream").end(readFileSync(file));
};

/** Uploads a file on the page; its own list, which the framework draws, shows the object key. */
async function assertUploads(t, url, label) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  t.after(() => browser.close());
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  await page.waitForFunction((label) => document.querySelector("upload-file-stream")?.shadowRoot?.querySelector("[part=choose]")?.textContent === label, label);
  await page.waitForFunction(() => !document.querySelector("upload-file-stream").shadowRoot.querySelector("input").disabled);
  await page.setInputFiles("upload-file-stream input[part=input]", { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Delivered on Monday.") });
  await page.waitForSelector("ul li[data-state=stored]:text('7f0c')");
  assert.deepEqual(errors, []);
}

test("React with Vite", async (t) => {
  run("react", "tsc");
  run("react", "vite", "build");
  await assertUploads(t, await serve(t, built("react")), "Choisir des fichiers");
});

test("Vue with Vite", async (t) => {
  run("vue", "vue-tsc");
  run("vue", "vite", "build");
  await assertUploads(t, await serve(t, built("vue")), "ファイルを選択");
});

test("Next, rendered on the server", async (t) => {
  run("next", "next", "build");
  const next = spawn("npx", ["--no-install", "next", "start", "--port", "0"], { cwd: new URL("next/", root), stdio: ["ignore", "pipe", "inherit"], detached: true });
  t.after(() => process.kill(-next.pid));
  let printed = "";
  // Iterating over next.stdout would destroy it at the break, and Next would fail with EPIPE at its next line.
  for await (const [text] of on(next.stdout, "data", { close: ["close"] })) {
    printed += text;
    if (/http:\/\/localhost:\d+/.test(printed)) break;
  }
  next.stdout.resume();
  const [, port] = /http:\/\/localhost:(\d+)/.exec(printed);
  const forward = (asked, response) => asked.pipe(request({ port, path: asked.url, headers: asked.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  }));
  await assertUploads(t, await serve(t, forward), "Dateien wählen");
});
