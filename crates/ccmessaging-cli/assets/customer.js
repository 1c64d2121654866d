// The customer's side of the chat.

import { append, followEnd, h, part, preview, say, words } from "./dom.js";
import { convertedFrom } from "./network.js";
import { createChat, describeError, messagesFor } from "./web/index.js";

/** The browser's own refusals about which the gateway is asked as well. */
const ASKED = /^(content_mismatch|unsupported_type)$/;
const MAX_ASKED_BYTES = 4e6;

export function startCustomer(element) {
  const list = part("conversation");
  followEnd(list);
  let sessions = 0;
  const customer = { userId: undefined };

  async function getToken({ signal } = {}) {
    const response = await fetch("/chat/session", { method: "POST", signal });
    const session = await response.json();
    customer.userId = session.userId;
    if (++sessions > 1) event("renewed");
    return session;
  }

  const chat = createChat({
    baseUrl: location.origin,
    getToken,
    poll: { firstPauseMs: 500, longestPauseMs: 1500 },
  });
  element.chat = chat;

  chat.addEventListener("message", ({ detail: message }) => show(message));
  let lastState = chat.state;
  chat.addEventListener("change", () => {
    const before = lastState;
    const state = (lastState = chat.state);
    if (state === before) return;
    if (state === "interrupted" || state === "ended") event(state);
    if (state === "connected" && before === "interrupted") event("restored");
    if (state === "connected" && before === "connecting") attempt(() => chat.requestAgent().then(() => event("connected")));
  });
  attempt(() => chat.connect());

  /** Does something again if it fails and the customer asks for it. */
  async function attempt(act) {
    try {
      await act();
    } catch (error) {
      failed(event("unconnected", await reasonOf(error)), () => attempt(act));
    }
  }

  part("compose").addEventListener("submit", (submit) => {
    submit.preventDefault();
    const input = part("text");
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    const bubble = append(list, h("li", { className: "own" }, words(text)));
    const send = async () => {
      try {
        await chat.sendText(text);
      } catch (error) {
        failed(note(bubble, "unsent", await reasonOf(error)), send);
      }
    };
    send();
  });

  element.addEventListener("upload-stored", ({ detail: upload }) => {
    const { objectKey, fileType, file, original } = upload;
    const bubble = ownFile(original.name, fileType, URL.createObjectURL(file));
    bubble.dataset.objectKey = objectKey;
    accept(bubble, objectKey, fileType);
    upload.remove();
  });

  element.addEventListener("upload-refused", ({ detail: { error, original, file, fileType } }) => {
    const bubble = ownFile(original.name, fileType ?? "?");
    bubble.classList.add("refused");
    if (error.status) note(bubble, "refused", { code: error.reasonCode, message: error.message });
    else if (ASKED.test(error.reasonCode) && file.size < MAX_ASKED_BYTES) ask(bubble, file, fileType, error.reasonCode);
    else note(bubble, "refused_locally", { code: error.reasonCode });
  });

  /** Sends a file that the browser has refused with `code`, to show what the gateway does with it. */
  async function ask(bubble, file, fileType, code) {
    try {
      const form = new FormData();
      form.append("file", file);
      if (!chat.token) await chat.connect();
      const { token } = chat;
      const response = await fetch(element.endpoint, { method: "POST", headers: { "ccmessaging-token": token }, body: form });
      const answer = await response.json();
      chat.token = response.headers.get("ccmessaging-token") ?? token;
      if (answer.returnCode === "0") note(bubble, "accepted", { type: fileType.toUpperCase() });
      else note(bubble, "refused", { code: answer.reasonCode ?? answer.returnCode, message: answer.returnDesc ?? "" });
      note(bubble, "asked");
    } catch { // no response, or not the gateway's
      note(bubble, "refused_locally", { code });
    }
  }

  function accept(bubble, objectKey, fileType) {
    const from = convertedFrom(objectKey);
    const type = fileType.toUpperCase();
    if (from) note(bubble, "converted", { from: from.toUpperCase(), type });
    else note(bubble, "accepted", { type });
  }

  function ownFile(name, fileType, url) {
    const title = h("p", { className: "name" }, h("bdi", {}, name));
    const bubble = append(list, h("li", { className: "own" }, preview(fileType, url), title));
    bubble.dataset.name = name;
    return bubble;
  }

  function show({ text, file, from }) {
    const bubble = append(list, h("li", { className: "theirs" }));
    bubble.dataset.from = from;
    part("page-status").textContent = text ?? file.type.toUpperCase();
    if (file) received(bubble, file);
    else bubble.append(words(text));
  }

  /** A file of the agent. Pictures are shown, others are downloaded on request. */
  function received(bubble, file) {
    const type = file.type.toUpperCase() || "?";
    const isPicture = /^(jpg|png|bmp)$/.test(file.type);
    const button = say(h("button", { type: "button" }), "download", { type });
    button.dataset.testid = "download";
    bubble.append(button);
    const get = async () => {
      button.disabled = true;
      try {
        const content = await chat.download({ file });
        const url = URL.createObjectURL(content);
        const link = h("a", { href: url, download: content.name }, content.name);
        link.dataset.testid = "downloaded";
        if (isPicture && content.type.startsWith("image/")) bubble.append(preview(file.type, url));
        button.replaceWith(link);
        note(bubble, "proven", { type: content.type });
        if (!isPicture) link.click();
      } catch (error) {
        button.disabled = false;
        note(bubble, "not_downloaded", await reasonOf(error));
      }
    };
    button.addEventListener("click", get);
    if (isPicture) get();
  }

  /** A line of the page itself in the conversation. */
  function event(key, values) {
    return say(append(list, h("li", { className: "event" })).appendChild(h("p")), key, values);
  }

  /** A line below a message: what became of it. */
  function note(bubble, key, values) {
    const line = say(h("p", { className: "decision" }), key, values);
    line.dataset.testid = "decision";
    bubble.append(line);
    return line;
  }

  /** In the customer's words. */
  async function reasonOf(error) {
    const messages = await messagesFor(document.documentElement.lang);
    return { reason: describeError(error, {}, messages) };
  }

  /** Offers to try again after a failure, which `line` reports. */
  function failed(line, retry) {
    const button = say(h("button", { type: "button" }), "retry");
    button.addEventListener("click", () => {
      button.remove();
      line.remove();
      retry();
    });
    line.after(button);
  }

  return customer;
}
