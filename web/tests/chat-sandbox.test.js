import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bytesOf, until } from "./chats.js";
import { SAMPLES, sample } from "./files.js";
import { gateway } from "./program.js";
import { createChat } from "../index.js";

const PDF = `%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n`;

/** A chat with `ccmessaging serve`, and the agent's desk. */
async function chatOf(t, args) {
  const { origin } = await gateway(t, { args });
  const ask = async (path, body) => {
    const request = { method: "POST", headers: { origin, "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${origin}${path}`, body === undefined ? { headers: { origin } } : request);
    assert.ok(response.ok, `${path} responds with status ${response.status}`);
    return response;
  };
  const sessions = [];
  let cookie = "";
  const getToken = async () => {
    const response = await fetch(`${origin}/chat/session`, { method: "POST", headers: { origin, cookie } });
    cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    sessions.push(await response.json());
    return sessions.at(-1);
  };
  const chat = createChat({ baseUrl: origin, getToken, poll: { firstPauseMs: 1, longestPauseMs: 20 } });
  t.after(() => chat.disconnect().catch(() => {}));
  const desk = {
    async conversation() {
      const { conversations } = await (await ask("/desk/conversations")).json();
      return conversations.find(({ userId }) => userId === sessions[0].userId);
    },
    reply: (message) => ask(`/desk/conversations/${sessions[0].userId}/messages`, message),
    end: () => ask(`/desk/conversations/${sessions[0].userId}/end`, {}),
    content: async (objectKey) => Buffer.from(await (await ask(`/desk/files/${objectKey}`)).arrayBuffer()),
  };
  return { chat, desk, sessions };
}

/** Reads messages until one is from an agent. */
async function agentsNext(messages) {
  for (;;) {
    const { value } = await messages.next();
    if (value.from === "agent") return value;
  }
}

for (const rotation of ["never", "every-call-strict"]) {
  test(`a customer and an agent exchange texts and files; rotation: ${rotation}`, async (t) => {
    const { chat, desk, sessions } = await chatOf(t, ["--rotation", rotation]);
    await chat.requestAgent();
    await chat.sendText("My order has arrived broken.");
    const { objectKey } = await chat.sendFile(sample("photo.jpg"));
    await chat.sendFile(sample("bmi.csv", "orders, all.csv"));

    const { state, messages } = await desk.conversation();
    assert.equal(state, "agent");
    const [text, photo, table] = messages.filter(({ direction }) => direction === "in").slice(-3);
    assert.equal(text.text, "My order has arrived broken.");
    assert.equal(photo.mediaType, "IMAGE");
    assert.equal(photo.file.objectKey, objectKey);
    assert.equal(table.file.name, "orders_ all.csv");
    assert.deepEqual(await desk.content(objectKey), readFileSync(new URL("photo.jpg", SAMPLES)));

    const received = chat.messages();
    await desk.reply({ text: "<b>Here</b> is a return label." });
    assert.equal((await agentsNext(received)).text, "<b>Here</b> is a return label.");
    await desk.reply({ file: { name: "label.pdf", base64: Buffer.from(PDF).toString("base64") } });
    const message = await agentsNext(received);
    assert.equal(message.text, undefined);
    const file = await chat.download(message);
    assert.equal(file.type, "application/pdf");
    assert.match(file.name, /^download-\w+\.pdf$/);
    assert.equal(`${await bytesOf(file)}`, PDF);

    await desk.end();
    await until(() => chat.state === "ended");
    assert.equal(sessions.length, 1, "rotated tokens replace no session");
  });
}

test("the contact centre may be unreachable for a while, and no message is doubled", async (t) => {
  const faults = [
    { call: "poll", when: { first: 2 }, fault: "reset" },
    { call: "send", when: { nth: 4 }, fault: "resetAfterHeaders" },
  ];
  const { chat, desk } = await chatOf(t, ["--faults", JSON.stringify(faults)]);
  await chat.requestAgent();
  await chat.sendText("one");
  await assert.rejects(chat.sendText("two"), { reasonCode: "unconfirmed" });
  await chat.sendText("three");
  const { messages } = await desk.conversation();
  const texts = messages.filter(({ direction, mediaType }) => direction === "in" && mediaType === "TEXT").map(({ text }) => text);
  assert.deepEqual(texts.filter((text) => text !== "two"), ["one", "three"]);
  assert.ok(texts.length <= 3, `${texts}`);
  await desk.reply({ text: "Yes?" });
  assert.equal((await agentsNext(chat.messages())).text, "Yes?");
});

test("the desk ends with the customer's chat", async (t) => {
  const { chat, desk } = await chatOf(t);
  await chat.connect();
  await chat.disconnect();
  assert.equal((await desk.conversation()).state, "ended");
});
