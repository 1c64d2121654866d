import assert from "node:assert/strict";
import test from "node:test";
import { DONE, MESSAGES, STORED, chatOf, failure, meanwhile, sent, until } from "./chats.js";
import { notes } from "./uploads.js";

const REJECTED = { status: 401, body: { resultCode: "3" } };
const EXPIRED = { status: 401, body: { resultCode: "3", resultDesc: "the ticket has expired", reasonCode: "ticket_expired" } };
const FILE = { headers: { "content-type": "application/pdf" }, body: Buffer.from("content") };
const MESSAGE = { file: { id: "local/7f0c", type: "pdf" } };
const tokenOf = ({ headers }) => headers["ccmessaging-token"];

// --- Tokens ----------------------------------------------------------------------------------------

test("all calls follow the rotation of the token", async (t) => {
  let newest = "t1";
  const rotate = (answer) => ({ headers }) => {
    if (headers["ccmessaging-token"] !== newest) return REJECTED;
    newest = `r${Math.random()}`;
    return { ...answer, headers: { "ccmessaging-token": newest } };
  };
  const tokens = [];
  const script = { send: rotate(DONE), poll: rotate(MESSAGES()), uploadFileStream: rotate(STORED) };
  const { chat, calls } = await chatOf(t, script, { poll: { firstPauseMs: 60_000 }, onToken: (token) => tokens.push(token) });
  await chat.connect();
  await until(() => calls.poll.length === 1 && tokens.length === 3);
  await chat.sendText("one");
  await chat.sendFile(notes());
  await chat.sendText("two");
  assert.deepEqual(sent(calls.send).filter((content) => content.length === 3), ["one", "two"]);
  assert.equal(tokens.at(-1), newest);
  assert.equal(chat.token, newest);
});

test("polls go on during an upload, unless responses replace the token", async (t) => {
  for (const isRotating of [false, true]) {
    let number = 0;
    const rotate = (answer) => () => ({ ...answer, headers: isRotating ? { "ccmessaging-token": `r${++number}` } : {} });
    let release;
    const uploadFileStream = () => new Promise((resolve) => (release = () => resolve(STORED)));
    const { chat, calls } = await chatOf(t, { send: rotate(DONE), poll: rotate(MESSAGES()), uploadFileStream });
    await chat.connect();
    const file = chat.sendFile(notes());
    await until(() => release);
    const polls = calls.poll.length;
    if (isRotating) await meanwhile(t);
    else await until(() => calls.poll.length > polls);
    assert.equal(calls.poll.length > polls, !isRotating);
    release();
    await file;
    await until(() => calls.poll.length > polls);
  }
});

test("calls that run together wait for each other once a response has replaced the token", async (t) => {
  const held = [];
  const rotated = { ...FILE, headers: { ...FILE.headers, "ccmessaging-token": "r1" } };
  const { chat } = await chatOf(t, { downloadFileStream: () => new Promise((resolve) => held.push(resolve)) }, { poll: { firstPauseMs: 60_000 } });
  await chat.connect();
  const [first, ...others] = [1, 2, 3].map(() => chat.download(MESSAGE));
  await until(() => held.length === 3);
  held[0](rotated);
  await first;
  const more = [1, 2, 3].map(() => chat.download(MESSAGE));
  for (const answer of held.slice(1)) answer(FILE);
  await Promise.all(others);
  for (let count = 1; count <= more.length; count++) {
    await until(() => held.length >= 3 + count);
    await meanwhile(t);
    assert.equal(held.length, 3 + count);
    held.at(-1)(FILE);
  }
  await Promise.all(more);
});

test("a new session begins with CONNECT, and with the agent that there was", async (t) => {
  let old = false;
  const unlessOld = (answer) => (request) => (old && tokenOf(request) === "t1" ? REJECTED : answer);
  const { chat, calls } = await chatOf(t, { send: unlessOld(DONE), poll: unlessOld(MESSAGES()) }, { poll: { firstPauseMs: 60_000 } });
  await chat.requestAgent();
  await until(() => calls.poll.length);
  old = true;
  await chat.sendText("hello");
  assert.deepEqual(sent(calls.send), ["CONNECT", "TRANS2AGENT", "hello", "CONNECT", "TRANS2AGENT", "hello"]);
});

test("no call of a new session overtakes its CONNECT", async (t) => {
  let old = false;
  let release;
  const unlessOld = (answer) => async (request) => {
    if (old && tokenOf(request) === "t1") return REJECTED;
    if (old && request.body.controlType === "CONNECT") await new Promise((resolve) => (release = resolve));
    return answer;
  };
  const script = { send: unlessOld(DONE), downloadFileStream: unlessOld(FILE) };
  const { chat, calls } = await chatOf(t, script, { poll: { firstPauseMs: 60_000 } });
  await chat.connect();
  old = true;
  const file = chat.download(MESSAGE);
  await until(() => release);
  const text = chat.sendText("hello");
  await meanwhile(t);
  const inNewSession = () => sent(calls.send.filter((request) => tokenOf(request) === "t2"));
  assert.deepEqual(inNewSession(), ["CONNECT"]);
  release();
  await Promise.all([file, text]);
  assert.deepEqual(inNewSession(), ["CONNECT", "hello"]);
});

test("a token that arrives too late changes nothing", async (t) => {
  const answers = [];
  const getToken = () => new Promise((resolve) => answers.push(resolve));
  const { chat, calls } = await chatOf(t, {}, { getToken, tokenTimeoutMs: 30 });
  assert.equal((await failure(chat.connect())).reasonCode, "timeout");
  const connected = chat.connect();
  answers[1]({ token: "t2", ticket: "ticket2", userId: "visitor" });
  await connected;
  answers[0]({ token: "t1", ticket: "ticket1", userId: "late" });
  await chat.sendText("hello");
  const { headers, body } = calls.send.at(-1);
  assert.deepEqual([tokenOf({ headers }), headers["x-chat-ticket"], body.from], ["t2", "ticket2", "visitor"]);
});

test("a chat without getToken has no session", async (t) => {
  const { chat, requests } = await chatOf(t, {}, { getToken: undefined });
  assert.equal((await failure(chat.connect())).reasonCode, "session_unavailable");
  assert.equal(requests.length, 0);
});

test("an aborted call leaves no rejection that nobody handles", async (t) => {
  const unhandled = [];
  const onUnhandled = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", onUnhandled);
  t.after(() => process.off("unhandledRejection", onUnhandled));
  const abort = new AbortController();
  abort.abort(new Error("enough"));
  const { chat: connected } = await chatOf(t);
  await connected.connect();
  const { chat: unconnected } = await chatOf(t, {}, { getToken: () => Promise.reject(new Error("down")) });
  for (const chat of [connected, unconnected]) {
    assert.equal((await failure(chat.download(MESSAGE, { signal: abort.signal }))).message, "enough");
  }
  await meanwhile(t);
  assert.deepEqual(unhandled, []);
});

// --- Tickets ---------------------------------------------------------------------------------------

test("an expired ticket is replaced, and the session stays", async (t) => {
  let tickets = 0;
  const { chat, calls } = await chatOf(t, {
    send: ({ headers, body }) => (body.content && headers["x-chat-ticket"] === "ticket1" ? EXPIRED : DONE),
  }, { getToken: () => ({ token: `t${++tickets}`, ticket: `ticket${tickets}` }) });
  await chat.sendText("hello");
  assert.deepEqual(sent(calls.send), ["CONNECT", "hello", "hello"]);
  assert.deepEqual(calls.send.map(({ headers }) => headers["ccmessaging-token"]), ["t1", "t1", "t1"]);
  assert.equal(tickets, 2);
});

test("a ticket that the page does not get in time fails the call, and the next call gets one", async (t) => {
  let fetched = 0;
  const getToken = () => (++fetched === 2 ? new Promise(() => {}) : { token: "t1", ticket: `ticket${fetched}` });
  const send = ({ headers, body }) => (body.content && headers["x-chat-ticket"] === "ticket1" ? EXPIRED : DONE);
  const { chat, calls } = await chatOf(t, { send }, { getToken, tokenTimeoutMs: 30, poll: { firstPauseMs: 60_000 } });
  await chat.connect();
  assert.equal((await failure(chat.sendText("one"))).reasonCode, "timeout");
  await chat.sendText("two");
  assert.deepEqual(sent(calls.send), ["CONNECT", "one", "two", "two"]);
});

test("an aborted call does not take the ticket from the others", async (t) => {
  const answers = [];
  const getToken = ({ signal }) => new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
    const ticket = `ticket${answers.push(() => resolve({ token: "t1", ticket }))}`;
    if (answers.length === 1) answers[0]();
  });
  const downloadFileStream = ({ headers }) => (headers["x-chat-ticket"] === "ticket1" ? EXPIRED : FILE);
  const { chat, calls } = await chatOf(t, { downloadFileStream }, { getToken, poll: { firstPauseMs: 60_000 } });
  await chat.connect();
  const abort = new AbortController();
  const aborted = failure(chat.download(MESSAGE, { signal: abort.signal }));
  const other = chat.download(MESSAGE);
  await until(() => calls.downloadFileStream.length === 2);
  await meanwhile(t);
  abort.abort(new Error("enough"));
  assert.equal((await aborted).message, "enough");
  answers[1]();
  assert.match((await other).name, /^download-7f0c/);
});

test("tokens and tickets are in no error that a log would show", async (t) => {
  const { chat } = await chatOf(t, {}, { getToken: () => ({ token: "s\u20acret", ticket: "hidden" }) });
  const error = await failure(chat.connect());
  assert.equal(error.reasonCode, "invalid_request");
  assert.doesNotMatch(JSON.stringify(error) + error.stack, /u20acret|€ret|hidden/);
});

test("headers that the browser rejects fail the call, and are in no error", async (t) => {
  const { chat } = await chatOf(t, {}, { headers: { "x-app-key": "s\u20acret" } });
  const error = await failure(chat.connect());
  assert.equal(error.reasonCode, "invalid_request");
  assert.doesNotMatch(JSON.stringify(error) + error.stack, /u20acret|€ret/);
});

test("a base URL that is missing or not one is an invalid request", async (t) => {
  const file = { file: { id: "7f0c", type: "jpg" } };
  for (const baseUrl of [undefined, null, "gateway.example.com", "localhost:8000", "http://gateway.example.com:99999"]) {
    const { chat, requests } = await chatOf(t, {}, { baseUrl });
    for (const call of [() => chat.connect(), () => chat.sendText("hello"), () => chat.download(file)]) {
      assert.equal((await failure(call())).reasonCode, "invalid_request", baseUrl);
    }
    assert.equal(requests.length, 0);
  }
  const { chat } = await chatOf(t, {}, { baseUrl: "gateway.example.com" });
  assert.equal((await failure(chat.sendFile(notes()))).reasonCode, "invalid_request");
});
