import assert from "node:assert/strict";
import test from "node:test";
import { ELEMENT, HEIC, bytesOf, open, skip } from "./page.js";

// --- Announcements and rows --------------------------------------------------------------------

test("a refusal is announced at once, and so is a delay, though others are under way", { skip }, async (t) => {
  const { add, announcements } = await open(t, ELEMENT);
  // One after the other: of two files, either may be the first that is sent, and simultaneous news are summed up.
  await add(["1.txt", "soon"]);
  assert.match((await announcements(1))[0], /^1\.txt: Trying again in \d+ seconds/);
  await add(["2.txt", "hang"], ["IMG_1.HEIC", HEIC]);
  assert.match((await announcements(2))[1], /^IMG_1.HEIC: HEIC files are not accepted/);
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
  await add(["a.txt", "hang"]);
  await item("a.txt", "uploading");
  await add(["b.txt", "stored"]);
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  const notice = await page.evaluate(async (body) => {
    await customElements.whenDefined("upload-file-stream");
    document.querySelector("main").append(document.createRange().createContextualFragment(body));
    const notice = document.querySelector("upload-file-stream").shadowRoot.querySelector("[part=notice]");
    while (notice.hidden) await new Promise(requestAnimationFrame);
    return notice.textContent;
  }, ELEMENT.replace("endpoint", "remember endpoint"));
  assert.match(notice.replace(/[\u2068\u2069]/g, ""), /^The page was reloaded before these files were sent: a\.txt and b\.txt\./);
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
    await add(["a.txt", "stored"], ["b.jpg", bytesOf("photo.jpg"), "image/jpeg"], ["c.txt", "busy"], ["d.heic", HEIC], ["e.jpg", bytesOf("rgb.png")]);
    for (const [name, state] of [["a.txt", "stored"], ["c.txt", "failed"], ["d.heic", "refused"], ["e.jpg", "refused"]]) await item(name, state);
    await add(["f.txt", "hang"]);
    await item("f.txt", "uploading");
    await add(["g.txt", "stored"]);
    await item("g.txt", "waiting");
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
