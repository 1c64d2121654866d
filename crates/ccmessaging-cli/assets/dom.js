// Elements and words of the page.

import { TEXTS } from "./page-texts.js";

/** The languages and their own names. */
export const languages = Object.entries(TEXTS).map(([language, { name }]) => [language, name]);

let texts = TEXTS.en;

/** The element with a test hook. */
export const part = (testId, within = document) => within.querySelector(`[data-testid="${testId}"]`);

/** Creates an element with properties and children. */
export function h(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Shows a text in an element, also after the language changes. Values keep their own direction. */
export function say(element, key, values = {}) {
  element.dataset.text = key;
  element.dataset.values = JSON.stringify(values);
  show(element);
  return element;
}

function show(element) {
  const values = JSON.parse(element.dataset.values ?? "{}");
  element.textContent = texts[element.dataset.text].replace(/\{(\w+)\}/g, (_, name) => `\u2068${values[name]}\u2069`);
}

/** Changes the language of the page, including what is already shown. */
export function translate(language) {
  texts = TEXTS[language];
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  for (const element of document.querySelectorAll("[data-text]")) show(element);
  for (const input of document.querySelectorAll("[data-placeholder]")) {
    input.placeholder = texts[input.dataset.placeholder];
    input.ariaLabel = input.placeholder;
  }
}

/** Adds an entry to a conversation. */
export function append(list, entry) {
  list.append(entry);
  return entry;
}

/** Keeps the end of a conversation in view, unless the user has scrolled up. */
export function followEnd(list) {
  let isAtEnd = true;
  const follow = () => isAtEnd && (list.scrollTop = list.scrollHeight);
  list.addEventListener("scroll", () => (isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40));
  list.addEventListener("load", follow, true); // pictures
  new MutationObserver(follow).observe(list, { childList: true, subtree: true });
  new ResizeObserver(follow).observe(list);
}

/** A text that another party wrote, which keeps its own direction. It is never read as markup. */
export const words = (text) => h("p", { dir: "auto", className: "words" }, text);

/** A picture, or the name of the file's type. */
export function preview(type, url) {
  const box = h("span", { className: "preview" });
  if (url && /^(jpe?g|png|bmp|bpm)$/i.test(type)) box.append(h("img", { alt: "", src: url }));
  else box.textContent = type.toUpperCase();
  return box;
}

export function formatSize(bytes) {
  const [unit, divisor] = bytes < 1e3 ? ["byte", 1] : bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const format = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(bytes / divisor);
}

export const formatTime = (time) => new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium" }).format(time);
