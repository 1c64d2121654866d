import assert from "node:assert/strict";
import test from "node:test";
import { asksBeforeUnload, setOnline } from "./browser.js";
import { CONTENT, fileOf, sample } from "./files.js";
import { gateway } from "./program.js";
import { STORED, scriptedGateway } from "./scripted-gateway.js";
import { QUICK, answering, ended, notes, until, uploaderFor } from "./uploads.js";
import { UploadError, createUploader } from "../index.js";

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

test("a lower concurrency holds for files that wait already", async (t) => {
  const held = [];
  const { endpoint } = await scriptedGateway(t, () => new Promise((resolve) => held.push(() => resolve(STORED))));
  const uploader = uploaderFor(t, { endpoint, concurrency: 3 });
  const uploads = uploader.add([1, 2, 3, 4, 5].map((number) => notes(`${number}.txt`)));
  while (held.length < 3) await new Promise(setImmediate);
  uploader.options.concurrency = 1;
  for (const answer of held) answer();
  for (const upload of uploads.slice(0, 3)) await ended(uploader, upload);
  while (held.length < 4) await new Promise(setImmediate);
  const { endpoint: elsewhere } = await scriptedGateway(t, () => STORED);
  const other = uploaderFor(t, { endpoint: elsewhere });
  for (const upload of other.add([notes("1.txt"), notes("2.txt"), notes("3.txt")])) await ended(other, upload);
  assert.equal(held.length, 4, "one of the two is sent");
  held[3]();
  while (held.length < 5) await new Promise(setImmediate);
  held[4]();
  for (const upload of uploads) assert.equal(await ended(uploader, upload), "stored");
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
