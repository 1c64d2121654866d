import assert from "node:assert/strict";
import test from "node:test";
import { ELEMENT, bytesOf, open, skip } from "./page.js";

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
  const isCovered = (height) => page.waitForFunction((height) => inside("[part=overlay]")?.getBoundingClientRect().height === height, height);
  await page.evaluate(() => {
    el().area = "#chat";
    transfer("dragover", document.querySelector("#chat"), ["a.txt"]);
  });
  await isCovered(300);
  await page.evaluate(() => {
    const leave = new Event("dragleave", { bubbles: true, cancelable: true });
    Object.defineProperty(leave, "dataTransfer", { value: { types: ["Files"] } });
    Object.defineProperty(leave, "relatedTarget", { value: document.body });
    document.querySelector("#chat").dispatchEvent(leave);
  });
  await isCovered(0);
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

// --- The gateway's limits ----------------------------------------------------------------------

const LIMITS = {
  maxBodyBytes: 8e6,
  types: [["jpg", 2e6], ["mp4", 4e6], ["aac", 3e6]].map(([fileType, maxBytes]) => ({ fileType, maxBytes })),
  conversions: [
    { from: "mov", extensions: ["mov", "qt"], mediaTypes: ["video/quicktime"], fileType: "mp4" },
    { from: "m4a", extensions: ["m4a"], mediaTypes: ["audio/mp4"], fileType: "aac" },
  ],
};
const tagOf = (attributes) => ELEMENT.replace("></", ` ${attributes}></`);

test("the gateway's limits and conversions are shown, chosen by and sent by", { skip }, async (t) => {
  const { page, seen, add, item, text } = await open(t, tagOf('types="jpg mp4 aac" max-video-bytes="3500000"'), { limits: LIMITS });
  await page.waitForFunction(() => inside("[part=limits]").textContent.includes("MOV"));
  assert.equal(await text("[part=limits]"), "JPG, up to 2 MB\nMP4 or MOV, up to 3.5 MB\nAAC or M4A, up to 3 MB");
  assert.match(await page.evaluate(() => inside("input").accept), /\.mov,\.qt,video\/quicktime/);
  const limits = await page.evaluate(() => ({ ...el().uploader.options.limits, conversions: [] }));
  assert.deepEqual([limits.image, limits.video, limits.audio], [2e6, 3.5e6, 3e6]);
  await add(["IMG_1.MOV", [..."\0\0\0\x18ftypqt  \0\0\0\0qt  "].map((letter) => letter.charCodeAt(0))]);
  await item("IMG_1.MOV", "stored");
  assert.deepEqual([seen.uploads[0].fileType, seen.limits], ["mp4", 1]);
});

test("the gateway is asked when the element is seen, and again when it has another endpoint", { skip }, async (t) => {
  const { page, seen, text } = await open(t, `<div hidden>${ELEMENT}</div>`, { limits: LIMITS });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  assert.equal(seen.limits, 0);
  await page.evaluate(() => (document.querySelector("div").hidden = false));
  await page.waitForFunction(() => inside("[part=limits]").textContent.includes("MOV"));
  assert.match(await text("[part=limits]"), /BMP, up to 2 MB/);
  await page.evaluate(() => (el().endpoint = "/upload?other"));
  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/upload?other")));
  assert.equal(seen.limits, 2);
});

test("limits that arrive late are shown", { skip }, async (t) => {
  const { page, text } = await open(t, "", { limits: LIMITS });
  await page.clock.install();
  let answer;
  const isAsked = new Promise((resolve) => page.route("**/upload", (route) => {
    answer = () => route.continue();
    resolve();
  }));
  await page.evaluate((html) => (document.querySelector("main").innerHTML = html), tagOf('types="mp4"'));
  await isAsked;
  await page.clock.fastForward(60_000);
  assert.equal(await text("[part=limits]"), "MP4, up to 4.7 MB");
  await answer();
  await page.waitForFunction(() => inside("[part=limits]").textContent.includes("MOV"));
  assert.equal(await text("[part=limits]"), "MP4 or MOV, up to 4 MB");
});

test("a gateway that is named later is asked when the element is used", { skip }, async (t) => {
  const { page, seen, text } = await open(t, ELEMENT.replace('endpoint="/upload"', 'types="jpg"'), { limits: LIMITS });
  await page.evaluate(async () => {
    await import("/web/src/element/seen.js");
    // The element is seen, before it has an endpoint.
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    el().chat = { endpoint: "/upload" };
  });
  assert.equal(seen.limits, 0);
  await page.evaluate(() => el().focus());
  await page.waitForFunction(() => inside("[part=limits]").textContent.includes("2 MB"));
  assert.equal(await text("[part=limits]"), "JPG, up to 2 MB");
});

test("limits of an uploader of the page's own count more than the gateway's", { skip }, async (t) => {
  const { page, text } = await open(t, "", { limits: LIMITS });
  await page.evaluate(async (html) => {
    const { createUploader } = await import("/web/index.js");
    document.querySelector("main").innerHTML = html;
    el().uploader = createUploader({ endpoint: "/upload", getToken: () => "t", types: ["jpg", "mp4"], limits: 1e6 });
  }, ELEMENT);
  await page.waitForFunction(() => inside("[part=limits]").textContent.includes("MOV"));
  assert.equal(await text("[part=limits]"), "JPG, MP4, or MOV, up to 1 MB");
});

test("without an answer the built-in limits are shown", { skip }, async (t) => {
  const { page, seen, text } = await open(t, tagOf('types="mp4"'), { limits: "<html>" });
  await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/upload")));
  assert.equal(await text("[part=limits]"), "MP4, up to 4.7 MB");
  assert.equal(seen.limits, 1);
});
