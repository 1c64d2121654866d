// The agent's side of the chat: what has arrived, and replies.

import { append, followEnd, formatSize, formatTime, h, part, preview, say, words } from "./dom.js";

const PAUSE_MS = 700;

/** Shows the newest conversation of `ownUserId()`, until the agent chooses another one. */
export function startDesk(ownUserId) {
  const list = part("desk");
  followEnd(list);
  const chooser = part("chooser");
  const menu = chooser.querySelector("select");
  let conversations = [];
  let chosen;
  /** The conversation that is shown, and how many of its messages. */
  let shown = { userId: undefined, count: 0 };

  menu.addEventListener("change", () => {
    chosen = menu.value;
    render();
  });
  refresh();

  async function refresh() {
    try {
      const response = await fetch("/desk/conversations", { cache: "no-store" });
      if (response.status === 403 || response.status === 404) return withoutDesk();
      const desk = await response.json();
      conversations = desk.conversations;
      part("busy").ariaPressed = desk.busy;
      render();
    } catch {} // The gateway has ended; what it had received stays on the page.
    setTimeout(refresh, document.hidden ? 10 * PAUSE_MS : PAUSE_MS);
  }

  /** The gateway is on another machine. */
  function withoutDesk() {
    say(part("desk-note"), "desk_elsewhere");
    part("busy").disabled = part("expire").disabled = true;
  }

  function current() {
    const find = (userId) => conversations.find((conversation) => conversation.userId === userId);
    return find(chosen) ?? find(ownUserId()) ?? conversations.at(-1);
  }

  function render() {
    const conversation = current();
    part("desk-note").hidden = !!conversation;
    list.hidden = !conversation;
    const isOpen = conversation?.state === "agent";
    part("reply").hidden = part("end").hidden = !isOpen;
    chooser.hidden = conversations.length < 2;
    const ids = conversations.map(({ userId }) => userId);
    if (ids.join() !== Array.from(menu.options, ({ value }) => value).join()) {
      menu.replaceChildren(...ids.map((userId) => new Option(userId.slice(0, 8), userId)));
    }
    if (!conversation) return;
    menu.value = conversation.userId;
    if (shown.userId !== conversation.userId) {
      list.replaceChildren();
      shown = { userId: conversation.userId, count: 0 };
    }
    for (const message of conversation.messages.slice(shown.count)) append(list, bubble(message));
    shown.count = conversation.messages.length;
  }

  async function reply(body) {
    const url = `/desk/conversations/${encodeURIComponent(current().userId)}/messages`;
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) append(list, h("li", { className: "event" }, h("p", {}, (await response.json()).error)));
  }

  part("reply").addEventListener("submit", (submit) => {
    submit.preventDefault();
    const input = part("reply-text");
    const text = input.value.trim();
    input.value = "";
    if (text) reply({ text });
  });
  part("attach").addEventListener("change", async ({ target }) => {
    for (const file of target.files) await replyFile(file.name, file);
    target.value = "";
  });
  part("offer").addEventListener("click", async () => {
    const sample = await fetch("/samples/offer.pdf");
    await replyFile("offer.pdf", await sample.blob());
  });
  part("end").addEventListener("click", () => {
    fetch(`/desk/conversations/${encodeURIComponent(current().userId)}/end`, { method: "POST" });
  });

  async function replyFile(name, content) {
    const reader = new FileReader();
    reader.readAsDataURL(content);
    await new Promise((resolve) => (reader.onloadend = resolve));
    await reply({ file: { name, base64: reader.result.slice(reader.result.indexOf(",") + 1) } });
  }
}

function bubble({ direction, text, file, sourceType, timestamp }) {
  const item = h("li", { className: direction === "in" ? "theirs" : "own" });
  item.dataset.from = sourceType.toLowerCase();
  if (!file) {
    item.append(words(text));
    return item;
  }
  const url = `/desk/files/${file.objectKey}`;
  const link = h("a", { href: url, download: "", className: "thumbnail" }, preview(file.type, url));
  say(link.appendChild(h("span", { className: "visually-hidden" })), "open", { type: file.type.toUpperCase() });
  const facts = [file.type.toUpperCase(), formatSize(file.size), formatTime(timestamp)].map((fact) => `\u2068${fact}\u2069`).join(" · ");
  const key = h("code", {}, file.objectKey);
  const copy = say(h("button", { type: "button" }), "copy");
  copy.addEventListener("click", () => copyKey(copy, key));
  const factsLine = h("p", { className: "facts" }, facts);
  item.append(link);
  if (file.name) item.append(h("p", { className: "name" }, h("bdi", {}, file.name)));
  item.append(factsLine, h("p", { className: "key" }, key, " ", copy));
  for (const [element, testId] of [[item, "stored-file"], [factsLine, "stored-facts"], [key, "object-key"], [copy, "copy"]]) {
    element.dataset.testid = testId;
  }
  return item;
}

async function copyKey(button, key) {
  let result = "copied";
  try {
    await navigator.clipboard.writeText(key.textContent);
  } catch { // no permission, or a page that was not loaded securely
    getSelection().selectAllChildren(key);
    button.focus(); // WebKit moves the focus to the selection.
    result = "selected";
  }
  say(button, result);
  say(part("page-status"), result);
  setTimeout(() => say(button, "copy"), 2000);
}
