// Texts in the person's language.

import english from "../messages/en.js";

export { english };

/** Written out, so that bundlers find the files. */
const LANGUAGES = new Map([
  ["en", async () => ({ default: english })],
  ["zh-cn", () => import("../messages/zh-CN.js")],
  ["es", () => import("../messages/es.js")],
  ["pt-br", () => import("../messages/pt-BR.js")],
  ["ar", () => import("../messages/ar.js")],
  ["fr", () => import("../messages/fr.js")],
]);

/** Adds a language, or replaces one. What its messages lack is told in English. */
export function addLanguage(messages) {
  const complete = { ...messages };
  for (const part of ["reasons", "advice", "labels"]) complete[part] = { ...english[part], ...messages[part] };
  LANGUAGES.set(messages.language.toLowerCase(), async () => ({ default: complete }));
}

/** The messages in a language (BCP 47) or a variety of it, or in English. */
export async function messagesFor(language = "") {
  const tag = language.toLowerCase();
  const [primary] = tag.split("-");
  const load = LANGUAGES.get(tag) ?? [...LANGUAGES].find(([known]) => known.split("-")[0] === primary)?.[1];
  try {
    return (await load()).default;
  } catch {
    return english; // unknown, out of reach, or not copied
  }
}

/**
 * Fills a text's placeholders, such as `{size}`. Of a text with plural forms, `count` chooses one. A
 * file's name is isolated from the text around it, so that one in another script mixes nothing up.
 */
export function fill(text, values, { language }) {
  const form = typeof text === "string" ? text : text[new Intl.PluralRules(language).select(values.count)] ?? text.other;
  return form.replace(/\{(\w+)\}/g, (_, key) => (key === "name" ? `\u2068${values.name}\u2069` : values[key]));
}

/** A size as a person sees it. A limit is rounded down and a size up, so that both never look alike. */
export function formatSize(bytes, { language }, round = Math.ceil) {
  const [unit, divisor] = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const format = new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 });
  return format.format(round((bytes / divisor) * 10) / 10);
}

/** "JPG, PNG or MP4". */
export const formatTypes = (types, { language }) =>
  new Intl.ListFormat(language, { type: "disjunction" }).format(types.map((type) => type.toUpperCase()));
