import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import test from "node:test";
import "./browser.js";
import english from "../messages/en.js";
import { addLanguage, fill, formatTypes, formatSize, messagesFor } from "../src/language.js";

const folder = new URL("../messages/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
const all = await Promise.all(files.map(async (name) => [name, (await import(new URL(name, folder))).default]));
const translations = all.filter(([, { language }]) => language !== "en");
const PARTS = ["reasons", "advice", "labels"];

/** Every text as `[part.key, text]`. */
const textsOf = (messages) =>
  PARTS.flatMap((part) => Object.entries(messages[part]).map(([key, text]) => [`${part}.${key}`, text]));
const forms = (text) => (typeof text === "string" ? [text] : Object.values(text));
const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const originals = new Map(textsOf(english));

test("there is a file for each language", () => {
  assert.deepEqual(files, [
    "ar.js", "de.js", "en.js", "es.js", "fr.js", "id.js", "ja.js", "ko.js", "pt-BR.js", "ru.js", "th.js", "tr.js", "zh-CN.js", "zh-Hant.js",
  ]);
});

for (const [name, messages] of all) {
  test(`${name} names its language and direction`, () => {
    assert.equal(`${messages.language}.js`, name);
    assert.equal(messages.direction, messages.language === "ar" ? "rtl" : "ltr");
    assert.deepEqual(Object.keys(messages), ["language", "direction", ...PARTS]);
  });

  test(`${name} has the plural forms of its language`, () => {
    const rules = new Intl.PluralRules(messages.language);
    const needed = new Set(Array.from({ length: 200 }, (_, count) => rules.select(count)));
    for (const [key, text] of textsOf(messages).filter(([, text]) => typeof text === "object")) {
      for (const category of needed) assert.ok(text[category], `${key} lacks ${category}`);
      // `other` is the fallback of all languages, also where no integer needs it, as in Russian.
      for (const category of Object.keys(text)) assert.ok(category === "other" || needed.has(category), `${key} never uses ${category}`);
    }
  });
}

for (const [name, messages] of translations) {
  test(`${name} is complete`, () => {
    assert.deepEqual(textsOf(messages).map(([key]) => key), [...originals.keys()]);
  });

  test(`${name} keeps the placeholders`, () => {
    for (const [key, text] of textsOf(messages)) {
      const [original] = forms(originals.get(key)).slice(-1);
      assert.equal(typeof text, typeof originals.get(key), key);
      for (const form of forms(text)) {
        // "One file", "two files": a noun may say the number itself.
        const isNumberWord = typeof text === "object" && form !== text.other && !form.includes("{count}");
        const kept = isNumberWord ? [...placeholders(form), "count"].sort() : placeholders(form);
        assert.deepEqual(kept, placeholders(original), key);
      }
    }
  });

  test(`${name} is no copy of the English`, () => {
    for (const [key, text] of textsOf(messages)) {
      for (const form of forms(text)) {
        assert.ok(!forms(originals.get(key)).includes(form) || !/[a-z]/i.test(form.replace(/\{\w+\}/g, "")), `${key}: ${form}`);
      }
    }
  });
}

test("in French, no line begins with a punctuation mark", () => {
  const [, french] = all.find(([name]) => name === "fr.js");
  for (const [key, text] of textsOf(french)) {
    for (const form of forms(text)) assert.doesNotMatch(form, / [:;!?]/, `${key} needs no-break spaces`);
  }
});

test("a variety of a language gets the one that there is", async () => {
  const LANGUAGES = {
    "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant", "zh-Hant-TW": "zh-Hant", zh: "zh-CN", "zh-SG": "zh-CN", "pt-BR": "pt-BR", "pt-PT": "pt-BR", pt: "pt-BR", "ZH-cn": "zh-CN", "zh-Hans-SG": "zh-CN", "es-MX": "es", "ar-EG": "ar", "de-AT": "de", "ja-JP": "ja", ko: "ko", th: "th", id: "id", tr: "tr", "ru-RU": "ru", sv: "en", "": "en", "x": "en",
  };
  for (const [asked, given] of Object.entries(LANGUAGES)) assert.equal((await messagesFor(asked)).language, given, asked);
  assert.equal((await messagesFor()).language, "en");
});

test("an integrator's language is found, and its gaps are told in English", async () => {
  addLanguage({ language: "nl", direction: "ltr", labels: { choose: "Bestanden kiezen" } });
  const { labels, reasons } = await messagesFor("nl-BE");
  assert.equal(labels.choose, "Bestanden kiezen");
  assert.equal(labels.cancel, english.labels.cancel);
  assert.equal(reasons.page, english.reasons.page);
});

test("placeholders are filled, and a name is isolated from the text around it", () => {
  assert.equal(fill("{name} is {size}.", { name: "صورة.jpg", size: "2 kB" }, english), "\u2068صورة.jpg\u2069 is 2 kB.");
  assert.equal(fill(english.labels.added, { count: 1 }, english), "1 file added.");
  assert.equal(fill(english.labels.added, { count: 0 }, english), "0 files added.");
  assert.equal(fill("{name}", { name: "$& {size}" }, english), "\u2068$& {size}\u2069");
});

test("a size over a limit never looks like the limit", () => {
  for (const limit of [1, 999, 1000, 123_456, 999_950, 2_097_152, 4_718_592, 1_073_741_824]) {
    assert.notEqual(formatSize(limit + 1, english), formatSize(limit, english, Math.floor), `${limit}`);
  }
  assert.equal(formatSize(4_718_592, english, Math.floor), "4.7 MB");
  assert.equal(formatSize(73_500, english), "73.5 kB");
});

test("lists are those of the language", () => {
  assert.equal(formatTypes(["jpg", "png"], english), "JPG or PNG");
  assert.equal(formatTypes(["jpg", "png"], { language: "zh-CN" }), "JPG或PNG");
});
