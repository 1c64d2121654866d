import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { ELEMENT, open, skip } from "./page.js";


test("importing the package on a server is harmless, and so is adding a file there", () => {
  const script = `
    import "ccmessaging-upload/element";
    import { createUploader } from "ccmessaging-upload";
    const uploader = createUploader({ endpoint: "/", getToken: () => "t" });
    uploader.add([new File(["a"], "a.txt")]);
    setTimeout(() => { console.log(uploader.uploads[0].state); process.exit(); }, 50);`;
  const cwd = new URL("..", import.meta.url);
  assert.equal(execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd, encoding: "utf8" }), "refused\n");
});

// --- Languages ---------------------------------------------------------------------------------

test("the language follows addLanguage, lang, and what is outside of the shadow root", { skip }, async (t) => {
  const { page } = await open(t, ELEMENT);
  const says = (text) => page.waitForFunction((text) => inside("[part=choose]").textContent === text, text);
  await says("Choose files");
  await page.evaluate(async () => {
    const { addLanguage } = await import("/web/element.js");
    document.documentElement.lang = "nl";
    addLanguage({ language: "nl", direction: "ltr", labels: { choose: "Bestanden kiezen" } });
  });
  await says("Bestanden kiezen");
  await page.evaluate(() => (el().lang = "de"));
  await says("Dateien wählen");
  await page.evaluate(() => {
    el().removeAttribute("lang");
    document.documentElement.lang = "zh-TW";
  });
  await says("選擇檔案");
  await page.evaluate(() => {
    const host = document.querySelector("main").appendChild(document.createElement("div"));
    host.attachShadow({ mode: "open" }).append(el());
    window.el = () => host.shadowRoot.querySelector("upload-file-stream");
    document.documentElement.lang = "fr";
  });
  await says("Choisir des fichiers");
});

// --- Attributes and properties -----------------------------------------------------------------

test("properties reflect attributes, and false is no", { skip }, async (t) => {
  const { page } = await open(t, ELEMENT);
  const seen = await page.evaluate(() => {
    const element = el();
    const isDisabled = () => inside("input").disabled;
    const disabled = [];
    for (const set of [
      () => (element.disabled = true), () => (element.disabled = false),
      () => element.setAttribute("disabled", ""), () => element.setAttribute("disabled", "false"), // React 18, Vue
    ]) {
      set();
      disabled.push(isDisabled());
    }
    element.required = true;
    element.types = ["jpg", "png"];
    element.name = "attachment";
    element.endpoint = "/other";
    element.maxFiles = 3;
    element.headers = { "x-app-key": "key" };
    return {
      disabled, isValid: element.checkValidity(), types: element.types, attribute: element.getAttribute("types"),
      accept: inside("input").accept, name: element.getAttribute("name"), endpoint: element.getAttribute("endpoint"),
      maxFiles: element.maxFiles, headers: element.headers, value: element.value, form: element.form, isReported: element.reportValidity(),
    };
  });
  assert.deepEqual(seen, {
    disabled: [true, false, true, false], isValid: false, types: ["jpg", "png"], attribute: "jpg png",
    accept: ".jpg,.jpeg,.jpe,.jfif,image/jpeg,.png,image/png", name: "attachment", endpoint: "/other",
    maxFiles: 3, headers: { "x-app-key": "key" }, value: "", form: null, isReported: false,
  });
});

test("in a form it has a value, fires change, and a fieldset disables it", { skip }, async (t) => {
  const form = `<form><fieldset>${ELEMENT.replace("endpoint", "name=files required endpoint")}</fieldset></form>`;
  const { page, add, item } = await open(t, form);
  await page.evaluate(() => {
    window.changes = [];
    document.querySelector("form").addEventListener("change", ({ target }) => changes.push(target.value));
  });
  await add(["a.txt", "stored"]);
  await item("a.txt", "stored");
  const seen = await page.evaluate(() => {
    const form = document.querySelector("form");
    const before = { changes: [...changes], isForm: el().form === form, keys: new FormData(form).getAll("files"), isValid: form.checkValidity() };
    el().value = "";
    document.querySelector("fieldset").disabled = true;
    return { ...before, cleared: el().value, uploads: el().uploader.uploads.length, isDisabled: inside("input").disabled };
  });
  assert.deepEqual(seen, { changes: ["7f0c"], isForm: true, keys: ["7f0c"], isValid: true, cleared: "", uploads: 0, isDisabled: true });
});

test("what is set before the element is defined counts", { skip }, async (t) => {
  const { page } = await open(t);
  const seen = await page.evaluate(async () => {
    const element = document.createElement("upload-late");
    Object.assign(element, { disabled: true, types: ["png"], getToken: () => "t" });
    document.body.append(element);
    const { UploadFileStreamElement } = await import("/web/element.js");
    customElements.define("upload-late", class extends UploadFileStreamElement {});
    return [element.getAttribute("disabled"), element.types, element.getToken(), Object.keys(element)];
  });
  assert.deepEqual(seen, ["", ["png"], "t", ["getToken"]]);
});

test("an uploader of the page's own outlives the element, and is drawn by the next one", { skip }, async (t) => {
  const { page, item } = await open(t, "<upload-file-stream></upload-file-stream>");
  await page.evaluate(async () => {
    const { createUploader } = await import("/web/index.js");
    window.uploader = createUploader({ endpoint: "/upload", getToken: () => "t", types: ["txt"] });
    window.stored = [];
    uploader.addEventListener("change", ({ detail }) => detail.state === "stored" && stored.push(detail.objectKey));
    el().uploader = uploader;
    uploader.add([fileOf("stored", "a.txt")]);
    el().remove();
  });
  await page.waitForFunction(() => stored[0] === "7f0c");
  await page.evaluate(() => {
    const element = document.createElement("upload-file-stream");
    element.uploader = uploader;
    document.querySelector("main").append(element);
  });
  await item("a.txt", "stored");
  assert.equal(await page.evaluate(() => inside("input").accept), ".txt,text/plain");
});

test("with shrink-photos, the file dialog offers WebP and AVIF", { skip }, async (t) => {
  const { page } = await open(t, ELEMENT);
  assert.deepEqual(await page.evaluate(() => {
    const before = inside("input").accept.includes("webp");
    el().shrinkPhotos = true;
    return [before, inside("input").accept.includes("webp"), inside("input").accept.includes("hei")];
  }), [false, true, false]);
});

test("with a chat, it sends what it uploads, and a file whose message got no response is not uploaded again", { skip }, async (t) => {
  const { page, add, item, text, seen } = await open(t, "<upload-file-stream></upload-file-stream>");
  await page.evaluate(async () => {
    const { createChat } = await import("/web/index.js");
    el().chat = createChat({ baseUrl: "", userId: "u1", channelId: "c1", getToken: () => "t1" });
  });
  await add(["a.txt", "stored"]);
  await item("a.txt", "failed");
  await page.waitForFunction(() => inside("[part=message]").textContent.includes("It is not certain that this arrived."));
  assert.match(await text("[part=message]"), /try again/);
  assert.deepEqual(seen.messages, ["CONNECT", "a.txt,6,7f0c,txt"]);
  await page.evaluate(() => inside("[part~=retry]").click());
  await item("a.txt", "stored");
  assert.deepEqual(seen.messages, ["CONNECT", "a.txt,6,7f0c,txt", "a.txt,6,7f0c,txt"]);
  assert.equal(seen.uploads.length, 1);
});

// --- Mistakes of the page ----------------------------------------------------------------------

const MISTAKES = [
  ['<upload-file-stream token-url="/token"></upload-file-stream>', /no endpoint: check endpoint/],
  ['<upload-file-stream endpoint="/upload"></upload-file-stream>', /token-url is missing: check endpoint, token-url/],
  ['<upload-file-stream endpoint="/upload" token-url="/nowhere"></upload-file-stream>', /no session token: \/nowhere responds with status 404/],
  ['<upload-file-stream endpoint="/upload" token-url="/token" types="jpeg txt"></upload-file-stream>', /"jpeg" in types is ignored: use jpg/],
  ['<upload-file-stream endpoint="/upload" token-url="/token" max-image-bytes="10MB"></upload-file-stream>', /max-image-bytes="10MB" is ignored: write a whole number/],
  ['<upload-file-stream endpoint="/nowhere" token-url="/token"></upload-file-stream>', /\/nowhere responds with status 404 and no JSON/],
  [`<upload-file-stream endpoint="http://127.0.0.1:9/" token-url="/token" headers='{"x-mine":"1"}'></upload-file-stream>`, /add http:\S+ to the gateway's ALLOWED_ORIGINS, and do not send x-mine/],
];
for (const [body, warning] of MISTAKES) {
  test(`${body} is warned of once: ${warning}`, { skip }, async (t) => {
    const { page, add, messages } = await open(t, body);
    await add(["1.txt", "stored"], ["2.txt", "stored"]);
    const own = () => messages.filter((text) => text.startsWith("ccmessaging-upload:"));
    while (own().length === 0) await page.evaluate(() => new Promise(requestAnimationFrame));
    await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.equal(own().length, 1, `${messages}`);
    assert.match(own()[0], warning);
    assert.ok(!messages.some((text) => text.startsWith("uncaught")), `${messages}`);
  });
}

test("a page that cannot be configured does not post to itself", { skip }, async (t) => {
  const { add, item, text, seen } = await open(t, '<upload-file-stream token-url="/token"></upload-file-stream>');
  await add(["1.txt", "stored"]);
  await item("1.txt", "refused");
  assert.match(await text("[part=message]"), /Something is wrong with this page/);
  assert.equal(seen.uploads.length, 0);
});
