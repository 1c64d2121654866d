import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { CONTENT, fileOf } from "./files.js";
import { contactCentre, gateway, run } from "./program.js";
import { createChat } from "../index.js";

const FOLDER = new URL("../examples/", import.meta.url);
const KEY = "a ticket key of at least 32 bytes";
const CHANNEL_ID = "1a2b3c";
const pathOf = (name) => fileURLToPath(new URL(name, FOLDER));

/** The examples, and how each is started with a host and a port. */
const BACKENDS = {
  "backend.mjs": (path) => [process.execPath, path],
  "backend.py": (path) => ["python3", path],
  "backend.php": (path, host, port) => ["php", "-S", `${host}:${port}`, path],
  "Backend.java": (path) => ["java", path],
};

/** BACKENDS=required in the environment: a language that is missing is a failure. */
function skipOf([program]) {
  const isMissing = spawnSync(program, [program === "java" ? "-version" : "--version"]).error;
  return isMissing && process.env.BACKENDS !== "required" && `${program} is not installed`;
}

async function freePort(host) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, host, resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const opens = (host, port) => new Promise((resolve) => {
  const socket = connect(port, host, () => resolve(true)).on("error", () => resolve(false));
  socket.on("close", () => socket.destroy());
});

/** Starts an example, and returns its origin. */
async function backend(t, name, env, HOST = "127.0.0.1") {
  const PORT = await freePort(HOST);
  const child = run(t, BACKENDS[name](pathOf(name), HOST, PORT), { ...env, CHANNEL_ID, CHAT_TICKET_KEY: KEY, HOST, PORT, PATH: process.env.PATH });
  while (!(await opens(HOST, PORT))) assert.equal(child.exitCode, null, `${name} has ended`);
  return `http://${HOST}:${PORT}`;
}

const ask = (origin, headers = {}, method = "POST") => fetch(`${origin}/chat/session`, { method, headers: { origin, ...headers } });
const claimsOf = (ticket) => ticket.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));

for (const name of Object.keys(BACKENDS)) {
  const skip = skipOf(BACKENDS[name]("", "", 0));

  test(`${name} gives each visitor one chat, which the gateway and the contact centre accept`, { skip }, async (t) => {
    const variables = await contactCentre(t);
    const origin = await backend(t, name, variables);
    const signed = { CHAT_CALLS: "send,poll", CHAT_IDENTITY: "signed", CHAT_TICKET_KEY: KEY };
    const { origin: baseUrl } = await gateway(t, { env: { ...variables, ...signed } });

    const answer = await ask(origin);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "application/json");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    const session = await answer.json();
    assert.deepEqual(Object.keys(session).sort(), ["channelId", "ticket", "token", "userId"]);
    assert.match(session.userId, /^[\da-f]{24}$/);
    assert.equal(session.channelId, CHANNEL_ID);
    const chat = createChat({ baseUrl, getToken: () => session });
    await chat.sendText("Hello");
    await chat.sendFile(fileOf(CONTENT.text, "notes.txt"));
    await chat.disconnect();

    const [pair, ...attributes] = answer.headers.get("set-cookie").split(/; */);
    assert.match(pair, /^chat=[\w-]{43,72}$/);
    assert.ok(!pair.includes(session.userId));
    const flags = attributes.map((attribute) => attribute.toLowerCase());
    assert.ok(["httponly", "samesite=lax", "path=/chat"].every((flag) => flags.includes(flag)) && !flags.includes("secure"), `${flags}`);

    const again = await (await ask(origin, { cookie: `theme=dark; ${pair}; chatty=1` })).json();
    assert.equal(again.userId, session.userId, "the cookie is the visitor's");
    const other = await (await ask(origin)).json();
    assert.notEqual(other.userId, session.userId, "another visitor has another chat");
    const forged = await ask(origin, { cookie: "chat=me", "x-user": "me" });
    assert.match(forged.headers.get("set-cookie"), /^chat=[\w-]{43,72};/);
  });

  test(`${name} signs a ticket that says whose chat it is`, { skip }, async (t) => {
    const origin = await backend(t, name, await contactCentre(t));
    const { ticket, userId } = await (await ask(origin)).json();
    const [signed, signature] = [ticket.slice(0, ticket.lastIndexOf(".")), ticket.slice(ticket.lastIndexOf(".") + 1)];
    assert.equal(signature, createHmac("sha256", KEY).update(signed).digest("base64url"));
    const [header, { exp, ...claims }] = claimsOf(ticket);
    assert.deepEqual(header, { alg: "HS256", typ: "JWT" });
    assert.deepEqual(claims, { sub: userId, aud: CHANNEL_ID });
    assert.ok(Math.abs(exp - Date.now() / 1000 - 3600) < 60, `${exp}`);
  });

  test(`${name} gives nothing to pages of other sites`, { skip }, async (t) => {
    const origin = await backend(t, name, await contactCentre(t));
    const foreign = ["https://shop.example", "null", "", origin.replace(/\d$/, ""), `${origin}.example`];
    const answers = [...foreign.map((other) => ask(origin, { origin: other })), fetch(`${origin}/chat/session`, { method: "POST" })];
    for (const answer of await Promise.all(answers)) {
      assert.equal(answer.status, 403);
      assert.doesNotMatch(await answer.text(), /token/);
    }
    const wrong = [ask(origin, {}, "GET"), ...["/", "/chat/sessions"].map((path) => fetch(origin + path, { method: "POST", headers: { origin } }))];
    for (const answer of await Promise.all(wrong)) {
      assert.equal(answer.status, 404);
      assert.doesNotMatch(await answer.text(), /token/);
    }
  });

  test(`${name} tells pages nothing of keys that are refused`, { skip }, async (t) => {
    const variables = await contactCentre(t);
    const answer = await ask(await backend(t, name, { ...variables, APP_SECRET: "wrong" }));
    assert.equal(answer.status, 502);
    assert.equal(await answer.text(), "{}");
  });

  test(`${name} works over http on an address of the local network`, { skip }, async (t) => {
    const [lan] = Object.values(networkInterfaces()).flat().filter(({ family, internal }) => family === "IPv4" && !internal);
    if (!lan) return t.skip("there is no network");
    const origin = await backend(t, name, await contactCentre(t), lan.address);
    assert.equal((await ask(origin)).status, 200);
  });

  test(`${name} has at most 45 lines`, () => {
    assert.ok(readFileSync(pathOf(name), "utf8").trimEnd().split("\n").length <= 45);
  });
}

test("each example is tested", () => {
  assert.deepEqual(readdirSync(FOLDER).sort(), Object.keys(BACKENDS).sort());
});
