// Texts in the person's language.

import english from "../messages/en.js";

export { english };

/** The files are written out, so that bundlers find them. */
const LANGUAGES = new Map([
  ["en", async () => ({ default: english })],
  ["zh-cn", () => import("../messages/zh-CN.js")],
  ["zh-hant", () => import("../messages/zh-Hant.js")],
  ["es", () => import("../messages/es.js")],
  ["pt-br", () => import("../messages/pt-BR.js")],
  ["ar", () => import("../messages/ar.js")],
  ["fr", () => import("../messages/fr.js")],
  ["de", () => import("../messages/de.js")],
  ["ja", () => import("../messages/ja.js")],
  ["ko", () => import("../messages/ko.js")],
  ["th", () => import("../messages/th.js")],
  ["id", () => import("../messages/id.js")],
  ["tr", () => import("../messages/tr.js")],
  ["ru", () => import("../messages/ru.js")],
]);

/** Listeners that `addLanguage` calls. */
export const languageListeners = new Set();

/** Adds a language, or replaces one. Texts that it lacks are shown in English. */
export function addLanguage(messages) {
  const complete = { ...messages };
  for (const part of ["reasons", "advice", "labels"]) complete[part] = { ...english[part], ...messages[part] };
  LANGUAGES.set(messages.language.toLowerCase(), async () => ({ default: complete }));
  for (const listener of languageListeners) listener();
}

/** Loads the messages in a language (BCP 47), in a variety of it, or in English. */
export async function messagesFor(language = "") {
  const tag = language.toLowerCase();
  const wanted = spoken(tag);
  const load = LANGUAGES.get(tag) ?? [...LANGUAGES].find(([known]) => spoken(known) === wanted)?.[1];
  try {
    return (await load()).default;
  } catch {
    return english; // unknown, out of reach, or not copied
  }
}

/** Language and script of a tag: zh-TW is written in another script than zh-CN. */
function spoken(tag) {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    return language + script;
  } catch {
    return undefined;
  }
}

/**
 * Fills a text's placeholders, such as `{size}`. Of a text with plural forms, `count` chooses one. A
 * file's name is isolated from the text around it, so that one in another script mixes nothing up.
 */
export function fill(text, values, { language }) {
  const form = typeof text === "string" ? text : text[new Intl.PluralRules(language).select(values.count)] ?? text.other;
  return form.replace(/\{(\w+)\}/g, (_, key) => (key === "name" ? isolate(values.name) : values[key] ?? _));
}

const isolate = (name) => `\u2068${name}\u2069`;

/** "in 5 seconds", in a unit that fits. */
export function formatWait(seconds = 0, { language }) {
  const [unit, divisor] = seconds < 100 ? ["second", 1] : seconds < 6000 ? ["minute", 60] : ["hour", 3600];
  return new Intl.RelativeTimeFormat(language).format(Math.ceil(seconds / divisor), unit);
}

/** A size as a person sees it. A limit is rounded down and a size up, so that both never look alike. */
export function formatSize(bytes, { language }, round = Math.ceil) {
  const [unit, divisor] = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const format = new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 });
  return format.format(round((bytes / divisor) * 10) / 10);
}

/** Names of files, as in "a.jpg and b.jpg". */
export const formatNames = (files, { language }) =>
  new Intl.ListFormat(language).format(files.map(({ name }) => isolate(name)));

/** "JPG, PNG or MP4". */
export const formatTypes = (types, { language }) =>
  new Intl.ListFormat(language, { type: "disjunction" }).format(types.map((type) => type.toUpperCase()));
