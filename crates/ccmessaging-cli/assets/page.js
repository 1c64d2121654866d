// The local gateway's page: a chat with the element on the left, and on the right what the simulated
// contact centre has stored.

import { TEXTS } from "./page-texts.js";

const part = (testId, within = document) => within.querySelector(`[data-testid="${testId}"]`);
const element = document.querySelector("upload-file-stream");
const fill = (text, name, value) => text.replace(`{${name}}`, `\u2068${value}\u2069`);

// --- Language -------------------------------------------------------------------------------

const menu = part("language");
let texts;

function translate(language) {
  texts = TEXTS[language];
  menu.value = language;
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.title = texts.title;
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = texts[place.dataset.text];
  element.lang = language;
  showStored();
}

function firstLanguage() {
  const wanted = [new URLSearchParams(location.search).get("lang"), ...navigator.languages].filter(Boolean);
  const primary = (tag) => tag.split("-")[0];
  const known = Object.keys(TEXTS);
  for (const tag of wanted) {
    const match = known.find((language) => language === tag) ?? known.find((language) => primary(language) === primary(tag));
    if (match) return match;
  }
  return "en";
}

menu.append(...Object.entries(TEXTS).map(([language, { name }]) => new Option(name, language)));
menu.addEventListener("change", () => {
  history.replaceState(null, "", `?lang=${menu.value}`);
  translate(menu.value);
});

// --- The customer's side --------------------------------------------------------------------

/** The names of this page's files by object key: the API carries none. */
const names = new Map();

element.addEventListener("upload-stored", ({ detail: upload }) => {
  names.set(upload.objectKey, upload.original.name);
  const bubble = document.createElement("li");
  bubble.className = "own";
  bubble.append(preview(upload.objectKey, upload.fileType), nameOf(upload.original.name));
  part("conversation").append(bubble);
  bubble.scrollIntoView({ block: "nearest" });
  // A real chat sends its message with the object key here.
  upload.remove();
  showStored();
});

function nameOf(name) {
  const paragraph = document.createElement("p");
  const isolated = document.createElement("bdi");
  isolated.textContent = name;
  paragraph.append(isolated);
  return paragraph;
}

/** The picture as the contact centre has it, or the type's name. */
function preview(objectKey, fileType) {
  const type = document.createElement("span");
  type.className = "preview";
  if (["jpg", "jpeg", "png", "bmp", "bpm"].includes(fileType.toLowerCase())) {
    const image = new Image();
    image.alt = "";
    image.src = `/stored-files/${objectKey}`;
    type.append(image);
  } else {
    type.textContent = fileType.toUpperCase();
  }
  return type;
}

// --- The contact centre's side --------------------------------------------------------------

let stored = [];

async function refresh() {
  const response = await fetch("/stored-files", { cache: "no-store" });
  if (response.ok) stored = await response.json();
}

async function showStored() {
  await refresh().catch(() => {}); // The gateway has ended; what it had stored stays on the page.
  part("empty").hidden = stored.length > 0;
  part("stored").replaceChildren(...stored.toReversed().map(listItem));
}

function listItem({ objectKey, fileType, bytes, storedAt }) {
  const item = document.querySelector("template").content.firstElementChild.cloneNode(true);
  const name = names.get(objectKey) ?? texts.elsewhere;
  const link = item.querySelector("a");
  link.href = `/stored-files/${objectKey}`;
  link.setAttribute("aria-label", fill(texts.open, "name", name));
  link.replaceChildren(preview(objectKey, fileType));
  item.querySelector("bdi").textContent = name;
  part("stored-facts", item).textContent = facts(fileType, bytes, storedAt);
  part("object-key", item).textContent = objectKey;
  const copy = part("copy", item);
  copy.textContent = texts.copy;
  copy.setAttribute("aria-label", `${texts.copy}: ${name}`);
  copy.addEventListener("click", () => copyKey(copy, part("object-key", item)));
  return item;
}

function facts(fileType, bytes, storedAt) {
  const { lang } = document.documentElement;
  const [unit, divisor] = bytes < 1e3 ? ["byte", 1] : bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const size = new Intl.NumberFormat(lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / divisor);
  const time = new Intl.DateTimeFormat(lang, { timeStyle: "medium" }).format(storedAt);
  return [fileType.toUpperCase(), size, time].map((fact) => `\u2068${fact}\u2069`).join(" · ");
}

async function copyKey(button, key) {
  let result = texts.copied;
  try {
    await navigator.clipboard.writeText(key.textContent);
  } catch { // no permission, or a page that was not loaded securely
    getSelection().selectAllChildren(key);
    button.focus(); // WebKit moves the focus to the selection.
    result = texts.selected;
  }
  button.textContent = result;
  part("page-status").textContent = result;
  setTimeout(() => (button.textContent = texts.copy), 2000);
}

// Files that other programs have sent meanwhile.
addEventListener("focus", showStored);

translate(firstLanguage());
