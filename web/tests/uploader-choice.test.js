import assert from "node:assert/strict";
import test from "node:test";
import { asksBeforeUnload, setOnline } from "./browser.js";
import { CONTENT, fileOf } from "./files.js";
import { STORED, scriptedGateway } from "./scripted-gateway.js";
import { answering, ended, notes, until, uploaderFor } from "./uploads.js";
import { UploadError } from "../index.js";

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

test("files are sent in the order in which they were added, whichever is checked first", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const decided = {};
  const beforeAdd = ({ name }) => new Promise((resolve) => (decided[name] = resolve));
  const uploader = uploaderFor(t, { endpoint, beforeAdd });
  const [first, cancelled, second, third] =
    uploader.add([fileOf(CONTENT.jpg, "1.jpg"), notes("cancelled.txt"), notes("2.txt"), notes("3.csv")]);
  decided["3.csv"]();
  decided["2.txt"]();
  cancelled.cancel();
  for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
  assert.equal(requests.length, 0);
  decided["1.jpg"]();
  for (const upload of [first, second, third]) assert.equal(await ended(uploader, upload), "stored");
  assert.deepEqual(requests.map(({ body }) => body.fileType), ["jpg", "txt", "csv"]);
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
