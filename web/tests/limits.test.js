import assert from "node:assert/strict";
import test from "node:test";
import { CONTENT, fileOf, sample } from "./files.js";
import { gateway } from "./program.js";
import { STORED, scriptedGateway } from "./scripted-gateway.js";
import { ended, uploaderFor } from "./uploads.js";
import { DEFAULT_LIMIT_BYTES, acceptOf, fetchLimits, precheck, uploadFile } from "../index.js";

const CONVERSIONS = [
  { from: "mov", extensions: ["mov", "qt"], mediaTypes: ["video/quicktime"], fileType: "mp4" },
  { from: "m4a", extensions: ["m4a"], mediaTypes: ["audio/mp4", "audio/x-m4a"], fileType: "aac" },
];
/** A response whose types are each allowed `maxBytes`. */
const limitsOf = (maxBytes, { maxBodyBytes = 8e6, conversions = CONVERSIONS } = {}) =>
  ({ maxBodyBytes, conversions, types: ["jpg", "png", "bmp", "mp3", "aac", "mp4", "txt", "csv"].map((fileType) => ({ fileType, maxBytes })) });

const reasonOf = (promise) => promise.then(() => undefined, ({ reasonCode }) => reasonCode);
const mov = (name = "film.mov") => fileOf(CONTENT.mov, name);

// --- Against the program -----------------------------------------------------------------------

test("a film and a voice memo of an iPhone are sent to a gateway that converts them", async (t) => {
  const { endpoint, token, content } = await gateway(t);
  for (const [path, name, start] of [["mov.mp4", "IMG_1.MOV", "ftypmp42"], ["m4a.aac", "memo.m4a", "\xff\xf1"]]) {
    const { objectKey } = await uploadFile(sample(`refused/${path}`, name), { endpoint, token: await token() });
    assert.match((await content(objectKey)).toString("latin1").slice(0, 12), new RegExp(start), name);
  }
});

test("they are refused before they are sent to a gateway that does not convert them", async (t) => {
  const { endpoint, token, stored } = await gateway(t, { env: { CONVERT_MEDIA: "off" } });
  const film = sample("refused/mov.mp4", "IMG_1.MOV");
  assert.equal(await reasonOf(uploadFile(film, { endpoint, token: await token() })), "unsupported_type");
  assert.deepEqual(await stored(), []);
});

test("the limits are the gateway's settings, as far as its body limit allows", async (t) => {
  const { endpoint } = await gateway(t, { env: { MAX_IMAGE_BYTES: "2000000", MAX_BODY_BYTES: "4000050", MAX_VIDEO_BYTES: "4000000" } });
  const { image, audio, video, conversions } = await fetchLimits(endpoint);
  assert.deepEqual([image, audio, video], [2e6, 3e6, 3e6]);
  assert.deepEqual(conversions.map(({ from, fileType }) => [from, fileType]), [["mov", "mp4"], ["m4a", "aac"]]);
});

// --- Against scripted answers ------------------------------------------------------------------

test("the gateway is asked once, and not for files that can be sent", async (t) => {
  const { endpoint, requests, asked } = await scriptedGateway(t, () => STORED, limitsOf(1000));
  const uploader = uploaderFor(t, { endpoint });
  assert.equal(await ended(uploader, uploader.add([fileOf(CONTENT.jpg, "photo.jpg")])[0]), "stored");
  assert.equal(asked(), 0);
  const uploads = uploader.add([mov("1.mov"), fileOf(CONTENT.m4a, "2.M4A"), fileOf(CONTENT.mov, "3.mp4"), fileOf(CONTENT.mp4, "4.aac"), fileOf(CONTENT.m4a, "5", "audio/mp4")]);
  for (const upload of uploads) assert.equal(await ended(uploader, upload), "stored", upload.original.name);
  assert.equal(asked(), 1);
  assert.deepEqual(requests.slice(1).map(({ body }) => body.fileType), ["mp4", "aac", "mp4", "aac", "aac"]);
});

test("conversions do not let other content pass", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => STORED, limitsOf(1000));
  const cases = [
    [fileOf(CONTENT.jpg, "film.mov"), "content_mismatch"], [fileOf(CONTENT.m4a, "film.mp4"), "content_mismatch"],
    [fileOf(CONTENT.mov, "memo.m4a"), "content_mismatch"], [fileOf(CONTENT.pdf, "a.pdf"), "unsupported_type"],
    [fileOf("", "film.mov"), "empty_file"], [fileOf(`${CONTENT.mov}${"x".repeat(1000)}`, "film.mov"), "too_large"],
    // Audio gets smaller: only the limit of the body is certain.
    [fileOf(`${CONTENT.m4a}${"x".repeat(1000)}`, "memo.m4a"), undefined],
  ];
  for (const [file, reason] of cases) assert.equal(await reasonOf(precheck(file, { endpoint })), reason, `${file.name}: ${reason}`);
  assert.equal(await reasonOf(precheck(mov(), { endpoint, types: ["jpg"] })), "unsupported_type");
  assert.equal(await precheck(mov(), { endpoint }), "mp4");
});

test("larger limits of the gateway let larger files pass, but the page's own limits count more", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => STORED, limitsOf(DEFAULT_LIMIT_BYTES + 1));
  const png = fileOf(CONTENT.png, "large.png");
  Object.defineProperty(png, "size", { value: DEFAULT_LIMIT_BYTES + 1 });
  assert.equal(await reasonOf(precheck(png)), "too_large");
  assert.equal(await reasonOf(precheck(png, { endpoint })), undefined);
  for (const limits of [DEFAULT_LIMIT_BYTES, { image: DEFAULT_LIMIT_BYTES, video: undefined }]) {
    assert.equal(await reasonOf(precheck(png, { endpoint, limits })), "too_large");
    assert.equal(await reasonOf(precheck(mov(), { endpoint, limits })), undefined, "conversions stay");
  }
});

test("fetched limits are checked without asking again", async (t) => {
  const { endpoint, asked } = await scriptedGateway(t, () => STORED, limitsOf(50));
  const limits = await fetchLimits(endpoint);
  assert.equal(await reasonOf(precheck(fileOf(CONTENT.png, "shot.png"), { endpoint, limits })), "too_large");
  assert.equal(await reasonOf(precheck(fileOf("short", "film.mov"), { limits })), "content_mismatch");
  assert.equal(asked(), 1);
});

for (const [what, limits, times] of [["an older gateway", undefined, 1], ["a page in its place", "<html>", 2], ["other JSON", { types: 1 }, 2]]) {
  test(`${what} leaves the built-in limits`, async (t) => {
    const { endpoint, asked } = await scriptedGateway(t, () => STORED, limits);
    for (let time = 0; time < 2; time++) assert.equal(await reasonOf(precheck(mov(), { endpoint })), "unsupported_type");
    assert.equal(asked(), times);
    assert.equal(await fetchLimits(endpoint), undefined);
  });
}

test("a gateway that cannot be reached is asked again", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => STORED, limitsOf(1000));
  const { fetch } = globalThis;
  t.after(() => (globalThis.fetch = fetch));
  globalThis.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  assert.equal(await reasonOf(precheck(mov(), { endpoint })), "unsupported_type");
  globalThis.fetch = fetch;
  assert.equal(await reasonOf(precheck(mov(), { endpoint })), undefined);
});

test("a gateway that does not answer is not waited for", async (t) => {
  const { fetch } = globalThis;
  t.after(() => (globalThis.fetch = fetch));
  const isAsked = new Promise((resolve) => {
    globalThis.fetch = () => new Promise(() => resolve());
  });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const refused = reasonOf(precheck(mov(), { endpoint: "http://silent.example/" }));
  await isAsked;
  await new Promise(setImmediate);
  t.mock.timers.tick(3000);
  assert.equal(await refused, "unsupported_type");
});

test("an abort ends the wait", async (t) => {
  const { fetch } = globalThis;
  t.after(() => (globalThis.fetch = fetch));
  const abort = new AbortController();
  globalThis.fetch = () => new Promise(() => abort.abort());
  await assert.rejects(precheck(mov(), { endpoint: "http://mute.example/", signal: abort.signal }), { name: "AbortError" });
});

test("files that the gateway converts can be chosen", () => {
  assert.equal(acceptOf(["mp4"], { conversions: CONVERSIONS }), ".mp4,video/mp4,.mov,.qt,video/quicktime");
  assert.doesNotMatch(acceptOf(["mp3"], { conversions: CONVERSIONS }), /m4a|mov/);
});
