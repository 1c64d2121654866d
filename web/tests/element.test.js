import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { ELEMENT, bytesOf, open, skip } from "./page.js";

const HEIC = [..."\0\0\0\x18ftypheic\0\0\0\0mif1heic"].map((letter) => letter.charCodeAt(0));

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

// --- Dropping and pasting ----------------------------------------------------------------------

test("a screenshot pasted into the chat's own input is added, inside of the element or in its area", { skip }, async (t) => {
  const inArea = `<div id="chat"><textarea></textarea>${ELEMENT}</div>`;
  const { page, item } = await open(t, inArea);
  const paste = (selector, name) => page.evaluate(([selector, name]) => transfer("paste", document.querySelector(selector), [name]), [selector, name]);
  assert.equal(await paste("textarea", "0.txt"), false);
  await page.evaluate(() => (el().area = "#chat"));
  assert.equal(await paste("textarea", "1.txt"), true);
  await item("1.txt", "stored");
  await page.evaluate(() => {
    el().area = null;
    el().wholePage = true;
  });
  assert.equal(await paste("body", "2.txt"), true);
  await page.evaluate(() => {
    el().wholePage = false;
    el().append(document.querySelector("textarea"));
  });
  assert.equal(await paste("body", "3.txt"), false);
  assert.equal(await paste("textarea", "4.txt"), true);
  await item("4.txt", "stored");
});

test("Ctrl+V on the focused element reads the clipboard where the browser fires no paste event", { skip }, async (t) => {
  const { page, item } = await open(t, ELEMENT);
  await page.evaluate(() => {
    const clipboard = { read: async () => [{ types: ["text/html", "image/png"], getType: async () => new Blob(["stored"], { type: "image/png" }) }] };
    Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
    const key = () => inside("input").dispatchEvent(new KeyboardEvent("keydown", { key: "v", ctrlKey: true, bubbles: true, composed: true }));
    key();
    transfer("paste", el(), ["pasted.txt"]);
    window.key = key;
  });
  await item("pasted.txt", "stored");
  await page.evaluate(() => key());
  await item("image.png", "refused"); // The stub is no picture.
  assert.equal(await page.evaluate(() => el().uploader.uploads.length), 2);
});

test("a drop on a disabled element is ignored, and does not leave the page", { skip }, async (t) => {
  const { page } = await open(t, ELEMENT);
  const seen = await page.evaluate(() => {
    el().disabled = true;
    const isHandled = ["dragover", "drop"].map((type) => transfer(type, el(), ["a.txt"]));
    return [isHandled, el().uploader.uploads.length];
  });
  assert.deepEqual(seen, [[true, true], 0]);
});

test("dragging covers the whole area, and leaving uncovers it", { skip }, async (t) => {
  const { page } = await open(t, `<div id="chat" style="height:300px">${ELEMENT}</div>`);
  const heights = await page.evaluate(() => {
    el().area = "#chat";
    const height = () => inside("[part=overlay]").getBoundingClientRect().height;
    const chat = document.querySelector("#chat");
    transfer("dragover", chat, ["a.txt"]);
    const covered = height();
    const leave = new Event("dragleave", { bubbles: true, cancelable: true });
    Object.defineProperty(leave, "dataTransfer", { value: { types: ["Files"] } });
    Object.defineProperty(leave, "relatedTarget", { value: document.body });
    chat.dispatchEvent(leave);
    return [covered, height()];
  });
  assert.deepEqual(heights, [300, 0]);
});

test("the files of a dropped folder are added, up to the limit, with a sentence about the others", { skip }, async (t) => {
  const { page, item, text } = await open(t, ELEMENT.replace("endpoint", 'max-files="2" endpoint'));
  await page.evaluate(() => {
    const entry = (name) => ({ name, isFile: true, file: (resolve) => resolve(fileOf("stored", name)) });
    const folder = (name, children) => ({
      name, isDirectory: true,
      createReader: () => ({ readEntries: (resolve) => resolve(children.splice(0, 2)) }),
    });
    const root = folder("photos", [entry(".DS_Store"), entry("1.txt"), folder("more", [entry("2.txt")]), entry("3.txt"), entry("4.txt")]);
    const event = new Event("drop", { bubbles: true, cancelable: true });
    const value = { types: ["Files"], files: [], items: [{ webkitGetAsEntry: () => root }] };
    Object.defineProperty(event, "dataTransfer", { value });
    el().dispatchEvent(event);
  });
  await item("1.txt", "stored");
  await item("2.txt", "stored");
  assert.equal(await page.evaluate(() => el().uploader.uploads.length), 2);
  assert.equal(await text("[part=notice]"), "At most 2 files can be sent at once. The others were left out.");
});

// --- What is announced and shown ---------------------------------------------------------------

test("a refusal is announced at once, and so is a delay, though others are under way", { skip }, async (t) => {
  const { add, announcements } = await open(t, ELEMENT);
  await add(["1.txt", "soon"], ["2.txt", "hang"], ["IMG_1.HEIC", HEIC]);
  const said = (await announcements(1)).join(" ");
  assert.match(said, /IMG_1.HEIC: HEIC files are not accepted|1 file not sent/);
  await add(["IMG_2.HEIC", HEIC]);
  assert.match((await announcements(2)).join("|"), /IMG_2.HEIC: HEIC files are not accepted/);
  assert.match((await announcements(2)).join("|"), /1\.txt: Trying again in \d+ seconds/);
});

test("a key that is held on Cancel does not also remove", { skip }, async (t) => {
  const { page, add, item } = await open(t, ELEMENT);
  await add(["a.txt", "hang"]);
  await item("a.txt", "uploading");
  await page.evaluate(() => inside("[part~=end]").focus());
  await page.keyboard.down("Enter");
  await page.keyboard.down("Enter"); // repeated
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await item("a.txt", "cancelled");
});

test("Retry-After counts down", { skip }, async (t) => {
  const { page, add, item, text } = await open(t, ELEMENT);
  await page.clock.install();
  await add(["a.txt", "busy"]);
  await item("a.txt", "failed");
  assert.match(await text("[part=message]"), /Try again in 60 minutes/);
  await page.clock.fastForward("59:00");
  assert.match(await text("[part=message]"), /Try again in (60|59) seconds/);
  await page.clock.fastForward("02:00");
  assert.match(await text("[part=message]"), /Try again in a moment/);
});

test("on phones every control is 44 pixels high, and a refused row at most 88", { skip }, async (t) => {
  const { page, add, item } = await open(t, ELEMENT, { hasTouch: true, isMobile: true, viewport: { width: 320, height: 640 } });
  await page.addStyleTag({ content: "body { font-family: 'Liberation Sans', sans-serif }" });
  await add(["IMG_1.HEIC", HEIC], ["a.txt", "busy"], ["b.txt", "hang"]);
  await item("IMG_1.HEIC", "refused");
  const seen = await page.evaluate(() => {
    const height = (selector) => inside(selector).getBoundingClientRect().height;
    const buttons = [...el().shadowRoot.querySelectorAll("button, label")].filter((button) => button.checkVisibility());
    return { row: height("[data-state=refused]"), targets: Math.min(...buttons.map((button) => button.getBoundingClientRect().height)) };
  });
  assert.ok(seen.row <= 88, `${seen.row} px`);
  assert.ok(seen.targets >= 44, `${seen.targets} px`);
});

test("at 100 % without an answer it is checked", { skip }, async (t) => {
  const { page, add, item, text } = await open(t, ELEMENT);
  await add(["a.txt", "hang"]);
  await item("a.txt", "uploading");
  await page.waitForFunction(() => inside("[part=status]").textContent === "Checking…");
  assert.equal(await text("[part=size]"), "0.1 kB");
});

test("a name is cut in the middle, and is not repeated in the sentence", { skip }, async (t) => {
  const { page, add, item, text } = await open(t, ELEMENT, { viewport: { width: 320, height: 640 } });
  const name = "a-really-long-name-of-a-photo-that-does-not-fit-2026-07-14.heic";
  await add([name, HEIC]);
  await item(name, "refused");
  assert.equal(await text("[part=message]"), "HEIC files are not accepted. Send a screenshot of the photo instead.");
  const [start, end] = await page.evaluate(() => Array.from(inside("bdi").children, ({ scrollWidth, clientWidth, textContent }) => ({ isCut: scrollWidth > clientWidth, textContent })));
  assert.equal(start.isCut, true);
  assert.deepEqual(end, { isCut: false, textContent: "7-14.heic" });
});

// --- Choosing, sending -------------------------------------------------------------------------

test("with review, files are shown first and sent by the button", { skip }, async (t) => {
  const { page, add, item, seen, text } = await open(t, ELEMENT.replace("endpoint", "review endpoint"));
  await add(["a.txt", "stored"], ["wrong.txt", "stored"]);
  await item("a.txt", "ready");
  await item("wrong.txt", "ready");
  assert.equal(await text("[part~=send]"), "Send 2 files");
  await page.evaluate(() => inside("[aria-label='wrong.txt'] [part~=end]").click());
  await item("wrong.txt", "cancelled");
  await page.evaluate(() => inside("[part~=send]").click());
  await item("a.txt", "stored");
  assert.equal(seen.uploads.length, 1);
});

test("duplicates are told, beforeAdd rejects, progress is an event, and all are tried again and cleared", { skip }, async (t) => {
  const { page, add, item, text } = await open(t, ELEMENT);
  await page.evaluate(async () => {
    const { UploadError } = await import("/web/index.js");
    el().beforeAdd = ({ name }) => {
      if (name.startsWith("no")) throw new UploadError("rejected", { message: "Only receipts, please." });
    };
    window.progress = [];
    document.addEventListener("upload-progress", ({ detail }) => progress.push(detail.progress));
  });
  await add(["a.txt", "stored"], ["a.txt", "stored"], ["no.txt", "stored"], ["1.txt", "busy"], ["2.txt", "busy"]);
  assert.equal(await text("[part=notice]"), "Already in the list: a.txt.");
  await item("no.txt", "refused");
  assert.equal(await text("[data-state=refused] [part=message]"), "Only receipts, please.");
  await item("1.txt", "failed");
  await item("2.txt", "failed");
  assert.ok(await page.evaluate(() => progress.length > 0 && progress.every((value) => value >= 0 && value <= 1)));
  assert.equal(await text("[part=total]"), "1 of 4 sent");
  await page.evaluate(() => inside("[part~=retry-all]").click());
  await item("2.txt", "failed");
  await item("1.txt", "failed");
  await page.evaluate(() => inside("[part~=clear]").click());
  assert.equal(await page.evaluate(() => el().uploader.uploads.length), 0);
});

test("names of unfinished files are told after a reload", { skip }, async (t) => {
  const { page, add, item } = await open(t, ELEMENT.replace("endpoint", "remember endpoint"));
  await add(["a.txt", "hang"], ["b.txt", "stored"]);
  await item("a.txt", "uploading");
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  const notice = await page.evaluate(async (body) => {
    await customElements.whenDefined("upload-file-stream");
    document.querySelector("main").append(document.createRange().createContextualFragment(body));
    return document.querySelector("upload-file-stream").shadowRoot.querySelector("[part=notice]").textContent;
  }, ELEMENT.replace("endpoint", "remember endpoint"));
  assert.match(notice.replace(/[\u2068\u2069]/g, ""), /^The page was reloaded before these files were sent: a\.txt and b\.txt\./);
});

// --- Camera and microphone ---------------------------------------------------------------------

test("a voice message is recorded as MP4 with AAC, and sent", { skip }, async (t) => {
  const { page, seen } = await open(t, ELEMENT);
  await page.evaluate((audio) => {
    const tracks = [{ stop() { this.isStopped = true; } }];
    window.tracks = tracks;
    Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: async () => ({ getTracks: () => tracks }) } });
    window.MediaRecorder = class {
      static isTypeSupported = (type) => type === "audio/mp4;codecs=mp4a.40.2";
      start() {}
      stop() {
        for (const part of [audio.slice(0, 700), audio.slice(700)]) this.ondataavailable({ data: new Blob([Uint8Array.from(part)]) });
        this.onstop();
      }
    };
    el().voice = true;
  }, bytesOf("voice.mp4"));
  await page.click("[part~=voice]");
  await page.waitForSelector("[part~=voice][data-recording]");
  await page.click("[part~=voice]");
  await page.waitForSelector("[part=item][data-state=stored]");
  assert.equal(seen.uploads[0].fileType, "mp4");
  assert.equal(seen.uploads[0].content, Buffer.from(bytesOf("voice.mp4")).toString("latin1"));
  assert.equal(await page.evaluate(() => tracks[0].isStopped), true);
});

test("where the browser cannot record what is accepted, or has no microphone", { skip }, async (t) => {
  const { page, text } = await open(t, ELEMENT);
  await page.evaluate(() => {
    window.MediaRecorder = class { static isTypeSupported = () => false; };
    el().voice = true;
  });
  await page.waitForSelector("[part~=voice]", { state: "attached" });
  assert.equal(await page.evaluate(() => inside("[part~=voice]").checkVisibility()), false);
  await page.evaluate(() => {
    MediaRecorder.isTypeSupported = () => true;
    Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: () => Promise.reject(new Error("NotAllowedError")) } });
    el().voice = false;
    el().voice = true;
  });
  await page.click("[part~=voice]");
  await page.waitForFunction(() => !inside("[part=notice]").hidden);
  assert.match(await text("[part=notice]"), /microphone cannot be used/);
});

test("the camera is offered on phones", { skip }, async (t) => {
  for (const [options, isShown] of [[{ hasTouch: true, isMobile: true }, true], [{}, false]]) {
    const { page } = await open(t, ELEMENT.replace("endpoint", "camera endpoint"), options);
    await page.waitForSelector("[part~=camera]", { state: "attached" });
    assert.equal(await page.evaluate(() => inside("[part~=camera]").checkVisibility()), isShown);
  }
});

// --- Mistakes of the page ----------------------------------------------------------------------

const MISTAKES = [
  ['<upload-file-stream token-url="/token"></upload-file-stream>', /no endpoint: check endpoint/],
  ['<upload-file-stream endpoint="/upload"></upload-file-stream>', /token-url is missing: check endpoint, token-url/],
  ['<upload-file-stream endpoint="/upload" token-url="/nowhere"></upload-file-stream>', /no session token: \/nowhere answers with status 404/],
  ['<upload-file-stream endpoint="/upload" token-url="/token" types="jpeg txt"></upload-file-stream>', /"jpeg" in types is ignored: use jpg/],
  ['<upload-file-stream endpoint="/upload" token-url="/token" max-image-bytes="10MB"></upload-file-stream>', /max-image-bytes="10MB" is ignored: write a whole number/],
  ['<upload-file-stream endpoint="/nowhere" token-url="/token"></upload-file-stream>', /\/nowhere answers with status 404 and no JSON/],
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

// --- Accessibility -----------------------------------------------------------------------------

const LOOKS = [
  ["light", {}], ["dark", { colorScheme: "dark" }], ["forced colours", { forcedColors: "active" }], ["right to left", {}, "ar"],
  ["on a phone", { hasTouch: true, isMobile: true, viewport: { width: 320, height: 640 } }],
];
for (const [look, options, language = "en"] of LOOKS) {
  test(`axe finds nothing in any state, ${look}`, { skip }, async (t) => {
    const { page, add, item, violations } = await open(t, ELEMENT.replace("endpoint", "camera endpoint"), options);
    await page.evaluate((language) => (document.documentElement.lang = language), language);
    await page.waitForFunction((language) => inside("[part=root]").lang === language, language);
    assert.deepEqual(await violations(), [], "empty");
    await add(["a.txt", "stored"], ["b.jpg", bytesOf("photo.jpg"), "image/jpeg"], ["c.txt", "busy"], ["d.heic", HEIC], ["e.jpg", bytesOf("rgb.png")], ["f.txt", "hang"], ["g.txt", "stored"]);
    for (const [name, state] of [["a.txt", "stored"], ["c.txt", "failed"], ["d.heic", "refused"], ["e.jpg", "refused"], ["f.txt", "uploading"], ["g.txt", "waiting"]]) await item(name, state);
    assert.deepEqual(await violations(), [], "all states");
    await page.evaluate(() => {
      el().uploader.close();
      el().review = true;
      el().compact = true;
    });
    await add(["h.txt", "stored"]);
    await item("h.txt", "ready");
    assert.deepEqual(await violations(), [], "compact, for review");
  });
}
