// Chats with a scripted gateway.

import { scriptedGateway } from "./scripted-gateway.js";
import { QUICK } from "./uploads.js";
import { createChat } from "../index.js";

export const DONE = { body: { resultCode: "0", resultDesc: "success" } };
export const MESSAGES = (...downlinkMessages) => ({ body: { resultCode: "0", resultDesc: "success", downlinkMessages } });
export const STORED = { body: { returnCode: "0", objectKey: "7f0c" } };

/** A message of an agent. */
export const said = (content, more = {}) =>
  ({ controlType: "CHAT", sourceType: "AGENT", mediaType: "TEXT", content, senderNickname: "Ana", timestamp: "1764500000000", ...more });

/**
 * A chat, and the requests of each call. `script` has for each of them the answers to give, of which the last one
 * is repeated, or a function of the request.
 */
export async function chatOf(t, script = {}, options = {}) {
  const calls = { uploadFileStream: [], downloadFileStream: [], send: [], sendAsync: [], poll: [] };
  const { origin, requests } = await scriptedGateway(t, (request) => {
    const name = /\/apiaccess\/ccmessaging\/(\w+)/.exec(request.url)[1];
    calls[name].push(request);
    const answers = script[name] ?? [{ poll: MESSAGES(), uploadFileStream: STORED }[name] ?? DONE];
    return typeof answers === "function" ? answers(request) : answers[Math.min(calls[name].length, answers.length) - 1];
  });
  let tokens = 0;
  const chat = createChat({
    baseUrl: origin, userId: "u1", channelId: "c1", getToken: () => `t${++tokens}`,
    poll: { firstPauseMs: 1, longestPauseMs: 5, hiddenPauseMs: 60_000 }, upload: { retry: QUICK }, ...options,
  });
  t.after(() => chat.disconnect().catch(() => {}));
  return { chat, calls, requests };
}

/** Waits until a function of the state is true. */
export async function until(look) {
  while (!look()) await new Promise(setImmediate);
}

/** The error that a promise is rejected with. */
export const failure = (promise) => promise.then(() => Promise.reject(new Error("no error")), (error) => error);

/** The control types, or the contents of chat messages, of the sent messages. */
export const sent = (requests) => requests.map(({ body }) => (body.controlType === "CHAT" ? body.content : body.controlType));

/** The content of a downloaded file. */
export const bytesOf = async (file) => Buffer.from(await new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.readAsArrayBuffer(file);
}));

/** Waits as long as another chat takes for ten messages, in which this one would have polled. */
export async function meanwhile(t) {
  const { chat } = await chatOf(t);
  for (let count = 0; count < 10; count++) await chat.sendText("meanwhile");
}
