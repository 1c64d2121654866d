import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { open, skip } from "./page.js";

test("the one-file build defines the element, and loads languages from the package", { skip }, async (t) => {
  execFileSync(process.execPath, [new URL("../scripts/build.js", import.meta.url).pathname]);
  const { page } = await open(t);
  const names = await page.evaluate(async () => {
    const frame = document.querySelector("main").appendChild(document.createElement("iframe"));
    const { document: inner } = frame.contentWindow;
    inner.documentElement.lang = "de";
    const script = inner.createElement("script");
    script.src = "/web/dist/ccmessaging-upload.js";
    await new Promise((resolve) => {
      script.onload = resolve;
      inner.head.append(script);
    });
    inner.body.append(inner.createElement("upload-file-stream"));
    return Object.keys(frame.contentWindow.ccmessagingUpload);
  });
  assert.ok(names.includes("createUploader") && names.includes("UploadFileStreamElement"), `${names}`);
  await page.waitForFunction(() => {
    const inner = document.querySelector("iframe").contentDocument;
    return inner.querySelector("upload-file-stream").shadowRoot.querySelector("[part=choose]").textContent === "Dateien wählen";
  });
});
