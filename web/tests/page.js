// Pages with the element, in headless Chromium.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { chromium } from "playwright-core";
import { SAMPLES } from "./files.js";

const PROGRAM = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));
const ROOT = new URL("..", import.meta.url);
const AXE = fileURLToPath(new URL("../node_modules/axe-core/axe.min.js", import.meta.url));

/** Why the browser tests are skipped; BROWSER_TESTS=required in the environment runs them anyway. */
export const skip = !PROGRAM && process.env.BROWSER_TESTS !== "required" && "Chromium is not installed";

const html = (body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Chat</title>
  <meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
  <link rel="icon" href="data:,"><script type="module" src="/web/element.js"></script></head>
  <body><main><h1>Chat</h1>${body}</main></body></html>`;

const answers = {
  stored: { body: { returnCode: "0", objectKey: "7f0c" } },
  busy: { status: 503, headers: { "retry-after": "3600" }, body: { returnCode: "13", reasonCode: "overloaded" } },
  soon: { status: 503, headers: { "retry-after": "20" }, body: { returnCode: "13", reasonCode: "overloaded" } },
  portal: { status: 200, body: "<html>Log in" },
};

/** A site with the package, a token source and a gateway, whose answer to an upload is in the file: "busy", "soon", "portal" or "hang". */
async function site(limits) {
  const seen = { tokens: 0, uploads: [], messages: [], limits: 0 };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const parts = [];
    for await (const part of request) parts.push(part);
    if (pathname === "/") return response.setHeader("content-type", "text/html").end(html(""));
    if (pathname === "/token") {
      seen.tokens++;
      return response.setHeader("content-type", "application/json").end('{"token":"t1"}');
    }
    if (pathname === "/apiaccess/ccmessaging/poll") return response.end('{"resultCode":"0","downlinkMessages":[]}');
    if (pathname === "/apiaccess/ccmessaging/send") {
      const message = JSON.parse(Buffer.concat(parts));
      seen.messages.push(message.content ?? message.controlType);
      if (seen.messages.length !== 2) return response.end('{"resultCode":"0"}');
      // The first message after CONNECT gets half a response: Chromium repeats a request that gets none.
      return response.writeHead(200, { "content-length": "99" }).write("{", () => response.destroy());
    }
    const isUpload = pathname === "/upload" || pathname.endsWith("/uploadFileStream");
    if (isUpload && request.method === "GET") {
      seen.limits++;
      return response.end(JSON.stringify(limits));
    }
    if (isUpload) {
      const body = JSON.parse(Buffer.concat(parts));
      const content = Buffer.from(body.fileStream, "base64").toString("latin1");
      seen.uploads.push({ ...body, content });
      if (content === "hang") return;
      const { status = 200, headers = {}, body: answer } = answers[content.trim()] ?? answers.stored;
      return response.writeHead(status, headers).end(typeof answer === "string" ? answer : JSON.stringify(answer));
    }
    const file = new URL(`.${pathname.replace("/web", "")}`, ROOT);
    if (!pathname.startsWith("/web/") || !existsSync(file)) return response.writeHead(404).end();
    response.setHeader("content-type", "text/javascript").end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { seen, url: `http://127.0.0.1:${server.address().port}/`, close: () => (server.closeAllConnections(), server.close()) };
}

/** The built-in limits as a gateway's. */
export const LIMITS = { maxBodyBytes: 8e6, types: [], conversions: [] };

let browser;
test.after(async () => (await browser)?.close());

/** Opens a page with this body; `element` is for what a test does with the element. */
export async function open(t, body = "", { limits = LIMITS, viewport = { width: 480, height: 800 }, ...options } = {}) {
  browser ??= chromium.launch({ executablePath: PROGRAM, args: ["--no-sandbox"] });
  const { seen, url, close } = await site(limits);
  const context = await (await browser).newContext({ viewport, ...options });
  const page = await context.newPage();
  const messages = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(`uncaught: ${error.message}`));
  t.after(async () => {
    await context.close();
    close();
  });
  await page.goto(url);
  await page.evaluate(() => {
    window.fileOf = (content, name, type = "") => new File([typeof content === "string" ? content : Uint8Array.from(content)], name, { type, lastModified: 1 });
    window.el = () => document.querySelector("upload-file-stream");
    window.inside = (selector) => el().shadowRoot.querySelector(selector);
    window.transfer = (type, target, names) => {
      const data = new DataTransfer();
      for (const name of names) data.items.add(fileOf(name, name));
      const event = new Event(type, { bubbles: true, cancelable: true, composed: true });
      Object.defineProperty(event, type === "paste" ? "clipboardData" : "dataTransfer", { value: data });
      return !target.dispatchEvent(event);
    };
  });
  await page.evaluate(async (body) => {
    await customElements.whenDefined("upload-file-stream");
    document.querySelector("main").append(document.createRange().createContextualFragment(body));
  }, body);
  return { page, seen, messages, ...helpers(page) };
}

function helpers(page) {
  return {
    /** Adds files as `[name, content, type]`; their content says what the gateway answers. */
    add: (...files) => page.evaluate((files) => el().uploader.add(files.map(([name, content, type]) => fileOf(content, name, type))).length, files),
    /** Waits until the file's item is in a state. */
    item: (name, state) => page.waitForSelector(`[part=item][aria-label="${name}"][data-state="${state}"]`, { state: "attached" }),
    text: (selector) => page.evaluate((selector) => inside(selector).textContent.replace(/[\u2068\u2069]/g, ""), selector),
    announcements: async (count) => {
      await page.waitForFunction((count) => inside("[part=announcements]").children.length >= count, count);
      return page.evaluate(() => Array.from(inside("[part=announcements]").children, ({ textContent }) => textContent.replace(/[\u2068\u2069]/g, "")));
    },
    /** What axe-core, the checker of accessibility, finds. */
    async violations() {
      if (!await page.evaluate(() => !!window.axe)) await page.addScriptTag({ path: AXE });
      return page.evaluate(async () => (await axe.run()).violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => [target, failureSummary])]));
    },
  };
}

export const ELEMENT = '<upload-file-stream endpoint="/upload" token-url="/token"></upload-file-stream>';
/** The bytes of a sample file, or of one beside this module. */
export const bytesOf = (name) => {
  const own = new URL(name, import.meta.url);
  return [...readFileSync(existsSync(own) ? own : new URL(name, SAMPLES))];
};

/** The beginning of a HEIC photo. */
export const HEIC = [..."\0\0\0\x18ftypheic\0\0\0\0mif1heic"].map((letter) => letter.charCodeAt(0));
