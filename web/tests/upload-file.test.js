import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import test from "node:test";
import { CONTENT, fileOf, sample } from "./files.js";
import { gateway } from "./program.js";
import { STORED, scriptedGateway } from "./scripted-gateway.js";
import { UploadError, uploadFile } from "../index.js";

const TXT = () => fileOf(CONTENT.text, "notes.txt");

/** The error that an upload ends with. */
async function failure(file, options) {
  const error = await uploadFile(file, options).then(() => undefined, (error) => error);
  assert.ok(error, "the upload succeeded");
  return error;
}

test("what is stored is the file, byte by byte", async (t) => {
  const { endpoint, token, content } = await gateway(t);
  for (const name of ["photo.jpg", "cover-art.mp3", "h264-aac.mp4", "gb18030.txt"]) {
    const file = sample(name);
    const { objectKey } = await uploadFile(file, { endpoint, token: await token() });
    assert.deepEqual(await content(objectKey), Buffer.from(await new Response(await bytesOf(file)).arrayBuffer()), name);
  }
});

test("the gateway accepts fragmented audio in MP4, as browsers record it", async (t) => {
  const { endpoint, token, content } = await gateway(t);
  const bytes = readFileSync(new URL("voice.mp4", import.meta.url));
  const { objectKey } = await uploadFile(fileOf(bytes, "voice.mp4", "video/mp4"), { endpoint, token: await token() });
  assert.ok((await content(objectKey)).equals(bytes));
});

test("a file of many parts arrives whole", async (t) => {
  const { endpoint, token, content } = await gateway(t);
  const bytes = Uint8Array.from({ length: 1_000_001 }, (_, at) => 32 + (at * 7919) % 95);
  const { objectKey } = await uploadFile(fileOf(bytes, "long.txt"), { endpoint, token: await token() });
  assert.ok((await content(objectKey)).equals(Buffer.from(bytes)));
});

test("the documented JSON is sent, with the token and further headers", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const file = TXT();
  for (const headers of [{ "X-App-Key": "key" }, new Headers({ "x-app-key": "key" }), [["x-app-key", "key"]]]) {
    await uploadFile(file, { endpoint, token: "t1", headers });
  }
  for (const { headers, body } of requests) {
    assert.equal(headers["ccmessaging-token"], "t1");
    assert.equal(headers["x-app-key"], "key");
    assert.equal(headers["content-type"], "application/json");
    assert.deepEqual(body, { fileType: "txt", channel: "WEB", fileStream: btoa(CONTENT.text) });
  }
  assert.equal(requests.length, 3);
});

test("a replaced token is in the result, and in the error", async (t) => {
  const { endpoint, token } = await gateway(t, { args: ["--rotation", "every-call-strict"] });
  const first = await token();
  const { token: second } = await uploadFile(TXT(), { endpoint, token: first });
  assert.notEqual(second, first);
  const refused = await failure(TXT(), { endpoint, token: first });
  assert.equal(refused.reasonCode, "session_refused");
  assert.equal(refused.status, 401);
  assert.equal(refused.retryable, true);
  assert.equal(refused.token, first);
  await uploadFile(TXT(), { endpoint, token: second });
});

test("nothing is sent that is known to be refused, nor without a token", async (t) => {
  const { endpoint, requests } = await scriptedGateway(t, () => STORED);
  const token = "t1";
  assert.equal((await failure(fileOf("", "notes.txt"), { endpoint, token })).reasonCode, "empty_file");
  assert.equal((await failure(fileOf(CONTENT.pdf, "a.pdf"), { endpoint, token })).reasonCode, "unsupported_type");
  assert.equal((await failure(fileOf(CONTENT.png, "a.jpg"), { endpoint, token })).reasonCode, "content_mismatch");
  assert.equal((await failure(TXT(), { endpoint, token, limits: 5 })).reasonCode, "too_large");
  for (const none of [undefined, null, ""]) {
    assert.equal((await failure(TXT(), { endpoint, token: none })).reasonCode, "missing_token");
  }
  assert.equal(requests.length, 0);
});

test("a refusal of the gateway tells reason, details and request", async (t) => {
  const details = { declared: "txt", detected: "audio/mpeg" };
  const { endpoint } = await scriptedGateway(t, () => ({
    headers: { "x-request-id": "r-1", "ccmessaging-token": "t2" },
    body: { returnCode: "3", returnDesc: "fileStream: declared txt", reasonCode: "content_mismatch", details },
  }));
  const error = await failure(TXT(), { endpoint, token: "t1" });
  assert.ok(error instanceof UploadError);
  const { name, message, reasonCode, status, returnCode, requestId, retryable, token } = error;
  assert.deepEqual(
    { name, message, reasonCode, details: error.details, status, returnCode, requestId, retryable, token },
    {
      name: "UploadError", message: "fileStream: declared txt", reasonCode: "content_mismatch", details,
      status: 200, returnCode: "3", requestId: "r-1", retryable: false, token: "t2",
    },
  );
});

const ANSWERS = [
  [{ status: 200, body: { returnCode: "13" } }, "not_stored", true],
  [{ status: 200, body: { resultCode: "3" } }, "refused", false],
  [{ status: 200, body: { returnCode: "2" } }, "refused", false],
  [{ status: 200, body: { returnCode: "0" } }, "unexpected_answer", false],
  [{ status: 200, body: "<html>" }, "network", true],
  [{ status: 200, body: "" }, "network", true],
  [{ status: 200, body: "null" }, "network", true],
  [{ status: 403, body: { errorCode: "0" } }, "session_refused", true],
  [{ status: 404, body: "" }, "network", true],
  [{ status: 404, body: { reasonCode: "unknown_path" } }, "unknown_path", false],
  [{ status: 408, body: {} }, "body_timeout", true],
  [{ status: 413, body: "<html>nginx" }, "too_large", false],
  [{ status: 429, body: {} }, "overloaded", true],
  [{ status: 500, body: { returnCode: "13", reasonCode: "upstream_timeout" } }, "upstream_timeout", true],
  [{ status: 502, body: "<html>" }, "not_stored", true],
  [{ status: 503, body: { reasonCode: "overloaded" } }, "overloaded", true],
];
for (const [answer, reasonCode, retryable] of ANSWERS) {
  test(`the answer ${JSON.stringify(answer)} is ${reasonCode}`, async (t) => {
    const { endpoint } = await scriptedGateway(t, () => answer);
    const error = await failure(TXT(), { endpoint, token: "t1" });
    assert.equal(error.reasonCode, reasonCode);
    assert.equal(error.retryable, retryable);
    assert.equal(error.status, answer.status);
  });
}

test("Retry-After is a number of seconds or an HTTP date", async (t) => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
  const values = ["7", inAnHour, "Wed, 21 Oct 2015 07:28:00 GMT", "soon"];
  const answer = (_, number) => ({ status: 503, headers: { "retry-after": values[number - 1] }, body: {} });
  const { endpoint } = await scriptedGateway(t, answer);
  const seen = [];
  for (const _ of values) seen.push((await failure(TXT(), { endpoint, token: "t1" })).retryAfter);
  const [number, date, past, word] = seen;
  assert.deepEqual([number, past, word], [7, undefined, undefined]);
  assert.ok(date > 3590 && date <= 3601, `${date} seconds`);
});

test("without an answer the reason is the network, or the silence", async (t) => {
  const { endpoint } = await scriptedGateway(t, () => undefined);
  assert.equal((await failure(TXT(), { endpoint, token: "t1" })).reasonCode, "network");
  const { endpoint: silent } = await scriptedGateway(t, () => new Promise(() => {}));
  assert.equal((await failure(TXT(), { endpoint: silent, token: "t1", silenceMs: 50 })).reasonCode, "timeout");
});

test("what cannot be requested is an error that quotes no token", async () => {
  for (const options of [{ endpoint: null, token: "t1" }, { endpoint: "", token: "t1" }, { endpoint: "http://[", token: "t1" }, { endpoint: "/", token: "sec\nret" }, { endpoint: "/", token: "t1", headers: { "a b": "c" } }]) {
    const error = await failure(TXT(), options);
    assert.equal(error.reasonCode, "invalid_request");
    assert.doesNotMatch(inspect(error, { depth: 5 }), /sec\\nret/);
  }
});

test("an aborted signal reads nothing", async () => {
  const file = TXT();
  file.slice = () => assert.fail("the file is read");
  const reason = new Error("no longer wanted");
  assert.equal(await failure(file, { endpoint: "/", token: "t1", signal: AbortSignal.abort(reason) }), reason);
});

test("aborting takes effect at once, while the file is read and while the answer is waited for", async (t) => {
  const { readAsDataURL } = FileReader.prototype;
  t.after(() => (FileReader.prototype.readAsDataURL = readAsDataURL));
  const reading = new AbortController();
  FileReader.prototype.readAsDataURL = () => setImmediate(() => reading.abort()); // and never ends
  assert.equal((await failure(TXT(), { endpoint: "/", token: "t1", signal: reading.signal })).name, "AbortError");
  FileReader.prototype.readAsDataURL = readAsDataURL;

  const waiting = new AbortController();
  const { endpoint, requests } = await scriptedGateway(t, () => {
    waiting.abort();
    return new Promise(() => {});
  });
  assert.equal((await failure(TXT(), { endpoint, token: "t1", signal: waiting.signal })).name, "AbortError");
  assert.equal(requests.length, 1);
});

test("the error can be constructed, and does not show its token", () => {
  const error = new UploadError("too_large");
  assert.equal(String(error), "UploadError: not uploaded: too_large");
  assert.deepEqual([error.status, error.details, error.retryable, error.token], [0, {}, false, undefined]);
  const full = new UploadError("network", { message: "gone", token: "secret", cause: new Error("why") });
  assert.equal(full.message, "gone");
  assert.equal(full.token, "secret");
  assert.equal(full.cause.message, "why");
  assert.doesNotMatch(inspect(full) + JSON.stringify(full), /secret/);
});

/** The content of a jsdom file. */
function bytesOf(file) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(Buffer.from(reader.result));
    reader.readAsArrayBuffer(file);
  });
}
