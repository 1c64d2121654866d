import assert from "node:assert/strict";
import test from "node:test";
import { setOnline } from "./browser.js";
import { DONE, MESSAGES, STORED, chatOf, failure, meanwhile, said, sent, until } from "./chats.js";
import { CONTENT, fileOf } from "./files.js";
import { notes } from "./uploads.js";

// --- Messages to the contact centre --------------------------------------------------------------

test("a chat connects once, and sends texts in their order", async (t) => {
  const { chat, calls } = await chatOf(t);
  await Promise.all([chat.sendText("one"), chat.sendText("two"), chat.connect(), chat.sendText("three")]);
  assert.deepEqual(sent(calls.send), ["CONNECT", "one", "two", "three"]);
  assert.equal(chat.state, "connected");
  const [{ headers }, { method, body }] = calls.send;
  assert.equal(method, "POST");
  assert.equal(headers["ccmessaging-token"], "t1");
  assert.equal(headers["x-chat-ticket"], undefined);
  assert.equal(headers["content-type"], "application/json");
  assert.deepEqual(body, {
    channel: "WEB", controlType: "CHAT", from: "u1", to: "c1", mediaType: "TEXT", sourceType: "CUSTOMER", content: "one",
  });
});

test("the ids and the ticket may come with the token", async (t) => {
  const getToken = async () => ({ token: "t1", ticket: "a.b.c", userId: "visitor", channelId: "shop" });
  const { chat, calls } = await chatOf(t, {}, { getToken, userId: undefined, channelId: undefined, headers: { "x-app-key": "key" } });
  await chat.connect();
  await until(() => calls.poll.length);
  const [{ headers, body }] = calls.send;
  assert.deepEqual([body.from, body.to, headers["x-chat-ticket"], headers["x-app-key"]], ["visitor", "shop", "a.b.c", "key"]);
  assert.equal(calls.poll[0].headers["x-chat-ticket"], "a.b.c");
  assert.equal(calls.poll[0].url, "/apiaccess/ccmessaging/poll?receiverId=visitor&channel=WEB");
  assert.equal(calls.poll[0].method, "GET");
});

test("a person is asked for, and the chat is ended", async (t) => {
  const { chat, calls } = await chatOf(t);
  await chat.requestAgent();
  await chat.disconnect();
  assert.deepEqual(sent(calls.send), ["CONNECT", "TRANS2AGENT", "DISCONNECT"]);
  assert.equal(chat.state, "ended");
  const polls = calls.poll.length;
  await chat.disconnect();
  await meanwhile(t);
  assert.ok(calls.poll.length <= polls + 1, "a chat that has ended does not poll");
  assert.equal(calls.send.length, 3);
});

test("a chat is ended once, however often that is asked for", async (t) => {
  const { chat, calls } = await chatOf(t);
  await chat.connect();
  await Promise.all([chat.disconnect(), chat.disconnect()]);
  assert.deepEqual(sent(calls.send), ["CONNECT", "DISCONNECT"]);
});

test("pages read the state, and cannot set it", async (t) => {
  const { chat } = await chatOf(t);
  assert.throws(() => (chat.state = "ended"), TypeError);
  assert.throws(() => (chat.error = new Error("mine")), TypeError);
  assert.deepEqual([chat.state, chat.error, chat.session], ["new", undefined, undefined]);
});

test("a chat can be ended while it starts", async (t) => {
  const { chat, calls } = await chatOf(t);
  await Promise.all([chat.connect(), chat.disconnect()]);
  assert.equal(chat.state, "ended");
  assert.deepEqual(sent(calls.send), ["CONNECT", "DISCONNECT"]);
});

test("a message is not sent twice if it may have been received", async (t) => {
  const failed = (reasonCode) => ({ status: 500, body: { resultCode: "13", resultDesc: "no response", reasonCode } });
  const ofProxies = [{ status: 503, body: { message: "Service Unavailable" } }, { status: 504, body: { resultCode: "13", reasonCode: "overloaded" } }];
  for (const answer of [undefined, failed("upstream_timeout"), failed("internal_error"), { body: "<html>Log in" }, ...ofProxies]) {
    const { chat, calls } = await chatOf(t, { send: [DONE, answer] });
    const error = await failure(chat.sendText("hello"));
    assert.equal(error.reasonCode, "unconfirmed");
    assert.deepEqual(sent(calls.send), ["CONNECT", "hello"]);
    assert.equal(chat.state, "connected");
  }
});

test("a success may have the other edition's code, as a text or a number", async (t) => {
  for (const body of [{ returnCode: "0" }, { returnCode: 0 }, { resultCode: 0 }, { resultCode: null, returnCode: "0" }]) {
    const { chat, calls } = await chatOf(t, { send: [{ body }] });
    await chat.sendText("hello");
    assert.deepEqual(sent(calls.send), ["CONNECT", "hello"]);
  }
});

test("an unknown spelling of success is not a refusal", async (t) => {
  for (const resultCode of ["00", " 0", "0.0"]) {
    const { chat } = await chatOf(t, { send: [DONE, { body: { resultCode } }] });
    assert.equal((await failure(chat.sendText("hello"))).reasonCode, "unconfirmed");
  }
});

test("the reason of a message that was certainly not sent is the gateway's", async (t) => {
  const CASES = [
    [{ body: { resultCode: "3", resultDesc: "content has 1025 bytes", reasonCode: "too_long" } }, "too_long", false],
    [{ body: { resultCode: "3", resultDesc: "not accepted" } }, "refused", false],
    [{ status: 503, headers: { "retry-after": "60" }, body: { resultCode: "13", reasonCode: "overloaded" } }, "overloaded", true],
    [{ status: 500, body: { resultCode: "13", reasonCode: "upstream_unreachable" } }, "upstream_unreachable", true],
  ];
  for (const [answer, reasonCode, retryable] of CASES) {
    const { chat } = await chatOf(t, { send: [DONE, answer] });
    const error = await failure(chat.sendText("hello"));
    assert.deepEqual([error.reasonCode, error.retryable], [reasonCode, retryable]);
  }
});

test("nothing is sent without a connection", async (t) => {
  t.after(() => setOnline(true));
  const { chat, calls } = await chatOf(t);
  await chat.connect();
  setOnline(false);
  const error = await failure(chat.sendText("hello"));
  assert.equal(error.reasonCode, "network");
  assert.deepEqual(sent(calls.send), ["CONNECT"]);
});

test("a chat that cannot start says why, and can be started again", async (t) => {
  const { chat, calls } = await chatOf(t, { send: [{ status: 404, body: { resultCode: "3", reasonCode: "unknown_path" } }, DONE] });
  assert.equal((await failure(chat.connect())).reasonCode, "unknown_path");
  assert.equal(chat.state, "ended");
  assert.equal(chat.error.reasonCode, "unknown_path");
  await chat.connect();
  assert.equal(chat.error, undefined);
  assert.deepEqual(sent(calls.send), ["CONNECT", "CONNECT"]);
});

// --- Files -----------------------------------------------------------------------------------------

test("a file is uploaded and sent in the format of its type", async (t) => {
  const CASES = [
    [{}, fileOf(CONTENT.jpg, "photo.jpg"), ["IMAGE", "7f0c"]],
    [{}, fileOf(CONTENT.mp3, "voice.mp3"), ["AUDIO", "7f0c"]],
    [{}, fileOf(CONTENT.mp4, "film.mp4"), ["VIDEO", "7f0c"]],
    [{}, fileOf(CONTENT.text, "a, b\tc.csv"), ["FILE", `a_ b_c.csv,${CONTENT.text.length},7f0c,csv`]],
    [{ call: "sendAsync" }, fileOf(CONTENT.png, "photo.png"), ["IMAGE", "7f0c,png"]],
    [{ contentOf: ({ objectKey }) => ({ mediaType: "FILE_IMAGE", content: `${objectKey},jpg` }) }, fileOf(CONTENT.jpg, "photo.jpg"), ["FILE_IMAGE", "7f0c,jpg"]],
  ];
  for (const [options, file, expected] of CASES) {
    const { chat, calls } = await chatOf(t, {}, options);
    const { objectKey, state } = await chat.sendFile(file);
    assert.deepEqual([objectKey, state], ["7f0c", "stored"]);
    const { mediaType, content } = calls[options.call ?? "send"].at(-1).body;
    assert.deepEqual([mediaType, content], expected);
    assert.equal(chat.uploader.uploads.length, 0);
  }
});

test("a file that was stored but not sent is reported, and sent later without a second upload", async (t) => {
  const { chat, calls } = await chatOf(t, { send: [DONE, undefined, DONE] });
  const error = await failure(chat.sendFile(notes()));
  assert.equal(error.reasonCode, "unconfirmed");
  assert.equal(error.objectKey, "7f0c");
  const [{ state, retry }] = chat.uploader.uploads;
  assert.equal(state, "failed");
  assert.equal(calls.send.length, 2);
  retry();
  await until(() => chat.uploader.uploads[0].state === "stored");
  assert.equal(calls.uploadFileStream.length, 1);
  assert.equal(calls.send.length, 3);
});

test("a message that the gateway is too busy for is sent a little later", async (t) => {
  const busy = { status: 503, headers: { "retry-after": "1" }, body: { resultCode: "13", reasonCode: "overloaded" } };
  const { chat, calls } = await chatOf(t, { send: [DONE, busy, DONE] });
  await chat.sendFile(notes());
  assert.equal(calls.uploadFileStream.length, 1);
  assert.equal(calls.send.length, 3);
});

test("a refused file is not sent", async (t) => {
  const { chat, calls } = await chatOf(t);
  const error = await failure(chat.sendFile(fileOf(CONTENT.pdf, "a.pdf")));
  assert.equal(error.reasonCode, "unsupported_type");
  assert.equal(error.objectKey, undefined);
  assert.deepEqual([calls.uploadFileStream.length, calls.send.length], [0, 0]);
});

test("a file that the uploader leaves out is reported with the reason", async (t) => {
  const file = notes();
  const { chat } = await chatOf(t, {}, { upload: { skipDuplicates: true, maxFiles: 1 } });
  const first = chat.sendFile(file);
  assert.equal((await failure(chat.sendFile(file))).reasonCode, "duplicate");
  assert.equal((await failure(chat.sendFile(notes("more.txt")))).reasonCode, "too_many_files");
  assert.equal((await first).state, "stored");
});

test("an aborted file is not sent", async (t) => {
  const abort = new AbortController();
  const { chat, calls } = await chatOf(t, { uploadFileStream: () => new Promise(() => abort.abort(new Error("enough"))) });
  assert.equal((await failure(chat.sendFile(notes(), { signal: abort.signal }))).message, "enough");
  assert.equal((await failure(chat.sendFile(notes(), { signal: abort.signal }))).message, "enough");
  assert.equal(chat.uploader.uploads[0].state, "cancelled");
  assert.deepEqual([calls.uploadFileStream.length, calls.send.length], [1, 0]);
});

// --- Messages from the contact centre --------------------------------------------------------------

test("messages arrive as events and from an iterator, from the first one on", async (t) => {
  const polls = [MESSAGES(said("Hello"), said("ignored", { controlType: "READ" }), said(null, { sourceType: null, timestamp: undefined })), MESSAGES(), MESSAGES(said("Bye", { sourceType: "ROBOT", timestamp: 1764500000001 }), said("", { controlType: "DISCONNECT" }))];
  const { chat } = await chatOf(t, { poll: polls });
  const heard = [];
  chat.addEventListener("message", ({ detail }) => heard.push(detail));
  await chat.connect();
  await until(() => chat.state === "ended");
  const iterated = [];
  for await (const message of chat.messages()) iterated.push(message);
  assert.deepEqual(iterated, heard);
  const now = +heard[1].time;
  assert.ok(Math.abs(now - Date.now()) < 60_000);
  assert.deepEqual(heard.map(({ from, nickname, text, file, time }) => [from, nickname, text, file, +time]), [
    ["agent", "Ana", "Hello", undefined, 1764500000000], ["", "Ana", "", undefined, now], ["robot", "Ana", "Bye", undefined, 1764500000001],
  ]);
});

test("a chat that has ended can begin anew", async (t) => {
  const { chat, calls } = await chatOf(t, { poll: [MESSAGES(said("", { controlType: "DISCONNECT" })), MESSAGES()] });
  await chat.connect();
  await until(() => chat.state === "ended");
  await chat.sendText("One more question");
  assert.deepEqual(sent(calls.send), ["CONNECT", "CONNECT", "One more question"]);
});

test("a malformed message does not prevent the others", async (t) => {
  const polls = [MESSAGES(null, "text", 5, said("one", { sourceType: 5 }), said("lost", { sourceType: { toString: 1 } }), said("two")), { body: { resultCode: "0", downlinkMessages: {} } }, MESSAGES(said("three"))];
  const { chat } = await chatOf(t, { poll: polls });
  const states = [];
  chat.addEventListener("change", ({ detail }) => states.push(detail.state));
  await chat.connect();
  const received = [];
  for await (const { from, text } of chat.messages()) if (received.push([from, text]) === 3) break;
  assert.deepEqual(received, [["5", "one"], ["agent", "two"], ["agent", "three"]]);
  assert.deepEqual([...new Set(states)], ["connecting", "connected"]);
});

test("a pause between polls is at most 5 minutes, whatever Retry-After says", async (t) => {
  const { chat, calls } = await chatOf(t, { poll: [{ status: 503, headers: { "retry-after": "3000000" }, body: {} }] });
  const timers = t.mock.method(globalThis, "setTimeout");
  await chat.connect();
  await until(() => chat.state === "interrupted");
  await meanwhile(t);
  assert.equal(calls.poll.length, 1);
  assert.ok(timers.mock.calls.some(({ arguments: [, milliseconds] }) => milliseconds === 300_000));
});

test("polls continue after faults that pass", async (t) => {
  const polls = [{ status: 503, body: {} }, undefined, { status: 502, body: "<html>" }, MESSAGES(said("Hello"))];
  const { chat } = await chatOf(t, { poll: polls });
  const states = [];
  chat.addEventListener("change", ({ detail }) => states.push(detail.state));
  await chat.connect();
  const { value } = await chat.messages().next();
  assert.equal(value.text, "Hello");
  assert.deepEqual(states.slice(0, 4), ["connecting", "connected", "interrupted", "connected"]);
});

test("a chat whose session is over ends with the reason", async (t) => {
  const { chat, calls } = await chatOf(t, { poll: [{ status: 401, body: { resultCode: "3", reasonCode: "ticket_invalid" } }] });
  await chat.connect();
  await assert.rejects(async () => {
    for await (const message of chat.messages()) assert.fail(message.text);
  }, { reasonCode: "ticket_invalid" });
  assert.equal(chat.state, "ended");
  assert.equal(calls.poll.length, 2);
});

test("a hidden page polls once a minute, and at once when it is shown", async (t) => {
  t.after(() => delete globalThis.document);
  globalThis.document = { hidden: true };
  const { chat, calls } = await chatOf(t);
  await chat.connect();
  await until(() => calls.poll.length);
  await meanwhile(t);
  assert.equal(calls.poll.length, 1);
  document.hidden = false;
  dispatchEvent(new Event("visibilitychange"));
  await until(() => calls.poll.length > 2);
});
