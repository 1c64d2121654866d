import assert from "node:assert/strict";
import test from "node:test";
import { asksBeforeUnload, setOnline } from "./browser.js";
import { CONTENT, fileOf, sample } from "./files.js";
import { gateway } from "./program.js";
import { STORED, scriptedGateway } from "./scripted-gateway.js";
import { UploadError, createUploader } from "../index.js";

const QUICK = { firstPauseMs: 1 };
const notes = (name = "notes.txt") => fileOf(CONTENT.text, name);
const answering = (...answers) => (_, number) => answers[Math.min(number, answers.length) - 1];

/** An uploader that ends with the test. */
function uploaderFor(t, options) {
  const uploader = createUploader({ getToken: () => "t1", retry: QUICK, ...options });
  t.after(() => uploader.close());
  return uploader;
}

/** Waits until an upload is in one of these states. */
function until(uploader, upload, ...states) {
  return new Promise((resolve) => {
    const look = () => states.includes(upload.state) && resolve(upload.state);
    uploader.addEventListener("change", look);
    look();
  });
}

const ended = (uploader, upload) => until(uploader, upload, "stored", "refused", "failed", "cancelled");

test("files are sent one after the other, with the token of the answer before", async (t) => {
  const { endpoint, token, content } = await gateway(t, { args: ["--rotation", "every-call-strict"] });
  const tokens = [];
  const uploader = uploaderFor(t, { endpoint, getToken: token, onToken: (newest) => tokens.push(newest) });
  const files = ["rgb.png", "bmi.csv", "cbr.mp3"];
  const uploads = uploader.add(files.map((name) => sample(name)));
  for (const upload of uploads) assert.equal(await ended(uploader, upload), "stored");
  for (const { objectKey, file } of uploads) assert.equal((await content(objectKey)).length, file.size);
  assert.equal(new Set(tokens).size, 1 + files.length);
  assert.equal(uploader.token, tokens.at(-1));
});

test("several at once follow the rotation too", async (t) => {
  const { endpoint, token, stored } = await gateway(t, { args: ["--rotation", "every-call-strict"] });
  const uploader = uploaderFor(t, { endpoint, getToken: token, concurrency: 3 });
  const uploads = uploader.add([1, 2, 3, 4].map((number) => notes(`${number}.txt`)));
  for (const upload of uploads) assert.equal(await ended(uploader, upload), "stored");
  assert.equal((await stored()).length, 4);
});

test("no more than so many are sent at once", async (t) => {
  let inFlight = 0;
  let most = 0;
  const { endpoint } = await scriptedGateway(t, async () => {
    most = Math.max(most, ++inFlight);
    await new Promise(setImmediate);
    inFlight--;
    return STORED;
  });
  for (const [concurrency, expected] of [[undefined, 1], [2, 2]]) {
    most = 0;
    const uploader = uploaderFor(t, { endpoint, concurrency });
    for (const upload of uploader.add([notes(), notes(), notes(), notes()])) await ended(uploader, upload);
    assert.ok(most <= expected, `${most} at once`);
  }
});

test("a refused token is renewed once, for all that wait for it", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, ({ headers }) =>
    headers["ccmessaging-token"] === "t2" ? STORED : { status: 401, body: {} });
  let renewals = 0;
  const uploader = uploaderFor(t, { endpoint, token: "old", concurrency: 2, getToken: async () => `t${++renewals + 1}` });
  const uploads = uploader.add([notes(), notes()]);
  for (const upload of uploads) assert.equal(await ended(uploader, upload), "stored");
  assert.equal(renewals, 1);
  assert.ok(requests.length <= 4);
});

test("a session that cannot be renewed fails the upload, which can be tried again", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const unreachable = "session_unreachable";
  const none = "session_unavailable";
  const CASES = [
    [() => undefined, none], [undefined, none], [() => { throw new UploadError(none, { retryable: true }); }, none],
    [() => Promise.reject(new Error("down")), unreachable], [() => { throw new Error("down"); }, unreachable],
    [() => Promise.reject(new TypeError("Failed to fetch")), "network"],
  ];
  for (const [getToken, reasonCode] of CASES) {
    const uploader = uploaderFor(t, { endpoint, getToken, retry: { attempts: 1 } });
    const [upload] = uploader.add([notes()]);
    assert.equal(await ended(uploader, upload), "failed");
    assert.equal(upload.error.reasonCode, reasonCode);
    assert.equal(requests.length, 0);
    uploader.token = "t1";
    upload.retry();
    assert.equal(await ended(uploader, upload), "stored");
    requests.length = 0;
  }
});

test("a token that is refused as soon as it is new is not renewed for ever", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => ({ status: 401, body: {} }));
  let renewals = 0;
  const uploader = uploaderFor(t, { endpoint, getToken: () => `t${++renewals}`, retry: { attempts: 1 } });
  const [upload] = uploader.add([notes()]);
  assert.equal(await ended(uploader, upload), "failed");
  assert.equal(upload.error.reasonCode, "session_refused");
  assert.equal(renewals, 2);
  assert.equal(requests.length, 2);
});

test("faults that may pass are tried again, and no more often than told", async (t) => {
  const busy = { status: 503, body: {} };
  const { endpoint, requests } = await scriptedGateway(t, answering(busy, { status: 502, body: "<html>" }, undefined, STORED));
  const uploader = uploaderFor(t, { endpoint });
  const [stored] = uploader.add([notes()]);
  assert.equal(await ended(uploader, stored), "stored");
  assert.equal(requests.length, 4);

  const { endpoint: down, requests: refused } = await scriptedGateway(t, () => busy);
  const patient = uploaderFor(t, { endpoint: down, retry: { ...QUICK, attempts: 3 } });
  const [failed] = patient.add([notes()]);
  assert.equal(await ended(patient, failed), "failed");
  assert.equal(refused.length, 3);
});

test("Retry-After is waited for, unless it is longer than the longest pause", async (t) => {
  const busy = (seconds) => ({ status: 503, headers: { "retry-after": `${seconds}` }, body: {} });
  const { endpoint, requests } = await scriptedGateway(t, answering(busy(1), busy(120)));
  const uploader = uploaderFor(t, { endpoint });
  const start = performance.now();
  const [upload] = uploader.add([notes()]);
  assert.equal(await until(uploader, upload, "retrying"), "retrying");
  assert.equal(await ended(uploader, upload), "failed");
  assert.ok(performance.now() - start >= 990, "the first second was waited for");
  assert.equal(upload.error.retryAfter, 120);
  assert.equal(requests.length, 2);
});

test("being offline is waited out and not counted", async (t) => {
  t.after(() => setOnline(true));
  setOnline(false);
  const { endpoint, requests } = await scriptedGateway(t, answering(undefined, STORED));
  const uploader = uploaderFor(t, { endpoint, retry: { attempts: 1 } });
  const [upload] = uploader.add([notes()]);
  assert.equal(await until(uploader, upload, "offline"), "offline");
  assert.equal(requests.length, 1);
  setOnline(true);
  assert.equal(await ended(uploader, upload), "stored");
});

test("a refused file is known at once, though another is under way, and is not sent", async (t) => {
  let release;
  const { endpoint, requests } = await scriptedGateway(t, () => new Promise((resolve) => (release = () => resolve(STORED))));
  const uploader = uploaderFor(t, { endpoint, shrinkPhotos: true });
  const [sent, refused] = uploader.add([notes(), fileOf(CONTENT.heic, "photo.heic")]);
  assert.equal(await ended(uploader, refused), "refused");
  assert.equal(refused.error.reasonCode, "unsupported_type");
  assert.equal(sent.isUnfinished, true);
  while (!release) await new Promise(setImmediate);
  release();
  assert.equal(await ended(uploader, sent), "stored");
  assert.equal(requests.length, 1);
});

test("a file under a wrong name is sent as what it is", async (t) => {
  const { endpoint, token, stored } = await gateway(t);
  const uploader = uploaderFor(t, { endpoint, getToken: token });
  const [upload] = uploader.add([sample("rgb.png", "holiday.jpg")]);
  assert.equal(await ended(uploader, upload), "refused");
  assert.equal(upload.detectedType, "png");
  upload.sendAs(upload.detectedType);
  assert.equal(await ended(uploader, upload), "stored");
  assert.equal((await stored())[0].fileType, "png");
});

test("what it is does not count where that is not taken either", async (t) => {
  const uploader = uploaderFor(t, { endpoint: "/", types: ["jpg"] });
  const [upload] = uploader.add([fileOf(CONTENT.png, "holiday.jpg")]);
  assert.equal(await ended(uploader, upload), "refused");
  assert.equal(upload.detectedType, undefined);
});

test("a cancelled upload ends at once, and the next is sent", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, (_, number) => (number === 1 ? new Promise(() => {}) : STORED));
  const uploader = uploaderFor(t, { endpoint });
  const [first, waiting, last] = uploader.add([notes("1.txt"), notes("2.txt"), notes("3.txt")]);
  await until(uploader, first, "uploading");
  while (requests.length === 0) await new Promise(setImmediate);
  waiting.cancel();
  first.cancel();
  assert.equal(first.state, "cancelled");
  assert.equal(await ended(uploader, last), "stored");
  assert.equal(waiting.state, "cancelled");
  assert.equal(requests.length, 2);
  first.retry();
  assert.equal(await ended(uploader, first), "stored");
  first.cancel();
  first.retry();
  assert.equal(first.state, "stored", "what is stored stays so");
});

test("what is removed is off the list, and ended", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => new Promise(() => {}));
  const uploader = uploaderFor(t, { endpoint });
  const [upload] = uploader.add([notes()]);
  await until(uploader, upload, "uploading");
  upload.remove();
  assert.equal(upload.state, "removed");
  assert.deepEqual(uploader.uploads, []);
});

test("leaving the page is asked about only while something is under way", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => STORED);
  const uploader = uploaderFor(t, { endpoint });
  assert.equal(asksBeforeUnload(), false);
  const [upload] = uploader.add([notes()]);
  assert.equal(asksBeforeUnload(), true);
  await ended(uploader, upload);
  assert.equal(asksBeforeUnload(), false);
});

test("a photo over its limit is refused without shrinkPhotos, and never encoded", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const uploader = uploaderFor(t, { endpoint, limits: { image: 10 } });
  const [upload] = uploader.add([fileOf(CONTENT.jpg, "photo.jpg")]);
  assert.equal(await ended(uploader, upload), "refused");
  assert.equal(upload.error.reasonCode, "too_large");
  assert.equal(requests.length, 0);
});

test("a photo that the browser cannot decode keeps the reason why it was refused", async (t) => {
  globalThis.createImageBitmap = () => Promise.reject(new Error("cannot decode"));
  t.after(() => delete globalThis.createImageBitmap);
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const uploader = uploaderFor(t, { endpoint, shrinkPhotos: true });
  const [upload] = uploader.add([fileOf(CONTENT.heic, "IMG_2041.heic")]);
  assert.equal(await until(uploader, upload, "preparing"), "preparing");
  assert.equal(await ended(uploader, upload), "refused");
  assert.equal(upload.error.reasonCode, "unsupported_type");
  assert.equal(requests.length, 0);
});

test("a fault of the page's own is an error of the upload, not of the page", async (t) => {
  const uploader = createUploader({ get types() { throw new Error("a mistake"); } });
  t.after(() => uploader.close());
  const [upload] = uploader.add([notes()]);
  assert.equal(await ended(uploader, upload), "refused");
  assert.ok(upload.error instanceof UploadError);
  assert.equal(upload.error.reasonCode, "page_fault");
});

// --- Before there is a token -----------------------------------------------------------------

test("being offline before there is a token is waited out, and not called an ended session", async (t) => {
  t.after(() => setOnline(true));
  setOnline(false);
  const { endpoint } = await scriptedGateway(t, () => STORED);
  const getToken = async () => {
    if (!navigator.onLine) throw new TypeError("Failed to fetch");
    return "t1";
  };
  const uploader = uploaderFor(t, { endpoint, getToken, retry: { attempts: 1 } });
  const [upload] = uploader.add([notes()]);
  assert.equal(await until(uploader, upload, "offline", "failed"), "offline");
  setOnline(true);
  assert.equal(await ended(uploader, upload), "stored");
});

test("a token that never comes is a timeout, and is asked for anew", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => STORED);
  const signals = [];
  const getToken = ({ signal }) => signals.push(signal) === 1 ? new Promise(() => {}) : "t1";
  const uploader = uploaderFor(t, { endpoint, getToken, tokenTimeoutMs: 20, retry: { attempts: 1 } });
  const [upload] = uploader.add([notes()]);
  assert.equal(await ended(uploader, upload), "failed");
  assert.equal(upload.error.reasonCode, "timeout");
  assert.equal(signals[0].aborted, true);
  upload.retry();
  assert.equal(await ended(uploader, upload), "stored");
});

test("a retry after a cancelled upload asks for a token anew, and the given-up one does not count", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  let answerFirst;
  let calls = 0;
  const getToken = () => (++calls === 1 ? new Promise((resolve) => (answerFirst = resolve)) : "t2");
  const uploader = uploaderFor(t, { endpoint, getToken });
  const [first, second] = uploader.add([notes("1.txt"), notes("2.txt")]);
  while (!answerFirst) await new Promise(setImmediate);
  first.cancel();
  assert.equal(await ended(uploader, second), "stored");
  answerFirst("t1");
  first.retry();
  assert.equal(await ended(uploader, first), "stored");
  assert.deepEqual(requests.map(({ headers }) => headers["ccmessaging-token"]), ["t2", "t2"]);
});

test("a captive portal's page is a lost connection, and tried again", async (t) => {
  const portal = { status: 200, headers: { "content-type": "text/html" }, body: "<html>Log in" };
  const { endpoint, requests } = await scriptedGateway(t, answering(portal, { status: 404, body: "" }, STORED));
  const uploader = uploaderFor(t, { endpoint });
  const [upload] = uploader.add([notes()]);
  assert.equal(await ended(uploader, upload), "stored");
  assert.equal(requests.length, 3);
});

// --- For stores and frameworks ---------------------------------------------------------------

test("uploads are a frozen snapshot, the same until something changes", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => STORED);
  const uploader = uploaderFor(t, { endpoint });
  assert.equal(uploader.uploads, uploader.uploads);
  let changes = 0;
  const unsubscribe = uploader.subscribe(() => changes++);
  const [first, second] = uploader.add([notes("1.txt"), notes("2.txt")]);
  const before = uploader.uploads;
  assert.equal(before, uploader.uploads);
  assert.ok(Object.isFrozen(before) && before.every(Object.isFrozen));
  for (const upload of [first, second]) await ended(uploader, upload);
  const after = uploader.uploads;
  assert.deepEqual([before[0].state, after[0].state, after[0].id], ["waiting", "stored", first.id]);
  assert.ok(changes > 2);
  unsubscribe();
  changes = 0;
  after[0].remove();
  assert.equal(uploader.uploads[0], after[1], "what has not changed is the same object");
  assert.equal(changes, 0);
});

test("an upload works behind a proxy, as Vue's stores make it", async (t) => {
  const { ref, watchEffect } = await import("vue");
  const { endpoint } = await scriptedGateway(t, () => STORED);
  const uploader = uploaderFor(t, { endpoint });
  const live = ref([]);
  const shown = ref([]);
  const states = [];
  watchEffect(() => states.push(shown.value[0]?.state), { flush: "sync" });
  uploader.subscribe(() => (shown.value = uploader.uploads));
  live.value.push(...uploader.add([notes()]));
  live.value[0].cancel();
  assert.equal(live.value[0].state, "cancelled");
  live.value[0].retry();
  await until(uploader, live.value[0], "stored");
  assert.equal(states.at(-1), "stored");
  const { remove } = shown.value[0];
  remove();
  assert.equal(shown.value.length, 0);
});

// --- Choosing ---------------------------------------------------------------------------------

test("with review, nothing is sent before send(), refusals are known at once, and a file can be taken back", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const uploader = uploaderFor(t, { endpoint, review: true });
  const [kept, wrong, refused] = uploader.add([notes("1.txt"), notes("2.txt"), fileOf(CONTENT.heic, "3.heic")]);
  for (const upload of [kept, wrong]) await until(uploader, upload, "ready");
  assert.equal(await ended(uploader, refused), "refused");
  assert.equal(requests.length, 0);
  assert.equal(asksBeforeUnload(), false);
  wrong.remove();
  const sent = await uploader.send();
  assert.deepEqual(sent.map(({ state }) => state), ["stored", "refused"]);
  assert.equal(requests.length, 1);
});

test("no more than maxFiles are added, and duplicates are told", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => STORED);
  const uploader = uploaderFor(t, { endpoint, maxFiles: 2, skipDuplicates: true });
  const skipped = [];
  uploader.addEventListener("skipped", ({ detail }) => skipped.push([detail.reasonCode, detail.files.map(({ name }) => name)]));
  const same = notes("same.txt");
  const refused = fileOf(CONTENT.heic, "photo.heic");
  const uploads = uploader.add([same, same, refused]);
  assert.deepEqual(uploads.map(({ original }) => original.name), ["same.txt", "photo.heic"]);
  for (const upload of uploads) await ended(uploader, upload);
  const [again] = uploader.add([refused, notes("3.txt"), notes("4.txt")]); // It replaces the refused one.
  assert.deepEqual(skipped, [["duplicate", ["same.txt"]], ["too_many_files", ["3.txt", "4.txt"]]]);
  assert.notEqual(again.id, uploads[1].id);
  assert.deepEqual(uploader.uploads.map(({ original }) => original.name), ["same.txt", "photo.heic"]);
});

test("beforeAdd replaces, rejects, or drops a file", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const beforeAdd = async ({ name }) => {
    if (name === "a.heic") return fileOf(CONTENT.jpg, "a.jpg");
    if (name === "b.txt") throw new UploadError("rejected", { message: "Only receipts." });
    return name === "c.txt" ? false : undefined;
  };
  const uploader = uploaderFor(t, { endpoint, beforeAdd });
  const [replaced, rejected, dropped, kept] =
    uploader.add([fileOf(CONTENT.heic, "a.heic"), notes("b.txt"), notes("c.txt"), notes("d.txt")]);
  assert.equal(await ended(uploader, replaced), "stored");
  assert.equal(replaced.original.name, "a.heic");
  assert.equal(await ended(uploader, rejected), "refused");
  assert.equal(rejected.error.message, "Only receipts.");
  assert.equal(await ended(uploader, kept), "stored");
  assert.equal(dropped.state, "removed");
  assert.deepEqual(requests.map(({ body }) => body.fileType), ["jpg", "txt"]);
});

test("all that failed are tried again, and what has ended is cleared", async (t) => {
  let isUp = false;
  const { endpoint } = await scriptedGateway(t, () => (isUp ? STORED : { status: 500, body: {} }));
  const uploader = uploaderFor(t, { endpoint, retry: { attempts: 1 } });
  const [first, second, refused] = uploader.add([notes("1.txt"), notes("2.txt"), fileOf(CONTENT.heic, "3.heic")]);
  for (const upload of [first, second, refused]) await ended(uploader, upload);
  isUp = true;
  uploader.retryAll();
  for (const upload of [first, second]) assert.equal(await until(uploader, upload, "stored"), "stored");
  assert.equal(refused.state, "refused");
  uploader.clear();
  assert.deepEqual(uploader.uploads, []);
});

test("when it is tried again is a time", async (t) => {
  const busy = { status: 503, headers: { "retry-after": "120" }, body: {} };
  const { endpoint } = await scriptedGateway(t, () => busy);
  const uploader = uploaderFor(t, { endpoint });
  const [upload] = uploader.add([notes()]);
  assert.equal(await ended(uploader, upload), "failed");
  const seconds = (upload.retryAt - Date.now()) / 1000;
  assert.ok(seconds > 110 && seconds <= 120, `${seconds}`);
});
