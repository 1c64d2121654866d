import assert from "node:assert/strict";
import test from "node:test";
import { CONTENT, fileOf } from "./files.js";
import { GATEWAY_REASONS, OWN_REASONS } from "./reasons.js";
import { UploadError, describeError, precheck } from "../index.js";
import { messagesFor } from "../src/language.js";

const english = await messagesFor("en");
const LANGUAGES = ["en", "zh-CN", "zh-Hant", "es", "pt-BR", "ar", "fr", "de", "ja", "ko", "th", "id", "tr", "ru"];

/** Any that may come, among them what no answer should call a reason. */
const REASONS = [...GATEWAY_REASONS, ...OWN_REASONS, "something_new", "constructor", "__proto__"];

/** The sentence without the marks that isolate the name. */
const sentence = (error, file, messages = english, types) =>
  describeError(error, file, messages, types).replace(/[\u2068\u2069]/g, "");

for (const language of LANGUAGES) {
  test(`every reason is a sentence in ${language} that names the file`, async () => {
    const messages = await messagesFor(language);
    for (const reasonCode of REASONS) {
      for (const facts of [{}, { retryable: true }, { retryAfter: 3 }, { details: { declared: "jpg", detected: "image/heic", limitBytes: 5, actualBytes: 9 } }]) {
        const text = sentence(new UploadError(reasonCode, facts), { name: "photo.jpg", size: 9, type: "" }, messages);
        assert.match(text, /^photo\.jpg\s?[:：]\s?\S/, reasonCode);
        assert.doesNotMatch(text, /undefined|null|NaN|[{}]|_/, `${reasonCode}: ${text}`);
      }
    }
  });
}

/** Returns the message for a file that `precheck` rejects. */
async function told(content, name, type, options) {
  const file = fileOf(content, name, type);
  const error = await precheck(file, options).then(() => assert.fail(`${name} is taken`), (error) => error);
  return sentence(error, file, english, options?.types);
}

const ALL = "You can send JPG, PNG, BMP, MP3, AAC, MP4, TXT, or CSV files.";
const SHEET = "Save the table as CSV, or send a screenshot of it.";
const EXCEL_TYPE = "application/vnd.ms-excel";
const CASES = [
  [[CONTENT.heic, "IMG_1.HEIC"], "HEIC files are not accepted. Send a screenshot of the photo instead."],
  [[CONTENT.heic, "photo.jpg"], "This is not JPG but HEIC. Send a screenshot of the photo instead."],
  [[CONTENT.mov, "film.mov"], "MOV files are not accepted. Send photos of what it shows, or save it as MP4."],
  [[CONTENT.mov, "film.mp4"], "This is not MP4 but MOV. Send photos of what it shows, or save it as MP4."],
  [["\0\0", "film.avi", "video/x-msvideo"], "AVI files are not accepted. Send photos of what it shows, or save it as MP4."],
  [[CONTENT.m4a, "memo.m4a"], "M4A files are not accepted. Write a message instead, or save it as MP3."],
  [[CONTENT.webp, "shot.webp"], "WEBP files are not accepted. Send a screenshot of it, or save it as JPG or PNG."],
  [[CONTENT.pdf, "a.pdf"], "PDF files are not accepted. Send a photo or a screenshot of the page."],
  [[CONTENT.docx, "a.docx"], "DOCX files are not accepted. Send a photo or a screenshot of the page."],
  [[CONTENT.docx, "a.txt"], "This is not TXT but Office. Send a photo or a screenshot of the page."],
  [[CONTENT.xls, "old.doc"], "DOC files are not accepted. Send a photo or a screenshot of the page."],
  [[CONTENT.xls, "table.xls", EXCEL_TYPE], `XLS files are not accepted. ${SHEET}`],
  [[CONTENT.text, "export.xls", EXCEL_TYPE], `XLS files are not accepted. ${SHEET}`],
  [[CONTENT.xlsx, "table.xlsx"], `XLSX files are not accepted. ${SHEET}`],
  [[CONTENT.zip, "table.xlsx"], `XLSX files are not accepted. ${SHEET}`],
  [[CONTENT.xls, "table.csv", EXCEL_TYPE], `This is not CSV but Excel. ${SHEET}`],
  [[CONTENT.xlsx, "table.csv"], `This is not CSV but Excel. ${SHEET}`],
  [[CONTENT.docx, "table.csv"], `This is not CSV but Excel. ${SHEET}`],
  [[CONTENT.xlsx, "table.xlsx", "", { types: ["jpg"] }], "XLSX files are not accepted. You can send JPG files."],
  [[CONTENT.zip, "a.zip"], "ZIP files are not accepted. Unpack it and send the files in it."],
  [["\0\0", "a.exe"], `EXE files are not accepted. ${ALL}`],
  [["\0\0", "noname"], `The name does not say what kind of file it is. ${ALL}`],
  [[CONTENT.text, "a.md"], "MD files are not accepted. Send it as TXT, or choose another file."],
  [[CONTENT.png, "a.jpg"], "This is not JPG but PNG. Send it as PNG, or choose another file."],
  [["\0\0", "a.jpg"], "The file is damaged or not JPG. Open it to check, and save it again."],
  [["", "a.jpg"], "The file is empty. If it is in a cloud, open it once to download it. If it is a folder, choose the files in it."],
  [[CONTENT.mov, "film.mov", "", { types: ["jpg"] }], "MOV files are not accepted. You can send JPG files."],
  [[CONTENT.mp4, "film.mp4", "", { types: ["jpg", "png"] }], "MP4 files are not accepted. You can send JPG or PNG files."],
  [[CONTENT.jpg + "x".repeat(2e3), "a.jpg", "", { limits: 2000 }], "Too large: 2.1 kB of at most 2 kB. Send a screenshot of it."],
  [[CONTENT.mp4 + "x".repeat(2e3), "a.mp4", "", { limits: 2000 }], "Too large: 2.1 kB of at most 2 kB. Shorten it to a few seconds, or send photos."],
  [[CONTENT.mp3 + "x".repeat(2e3), "a.mp3", "", { limits: 2000 }], "Too large: 2.1 kB of at most 2 kB. Send a shorter recording."],
  [["x".repeat(2100), "a.txt", "", { limits: 2000 }], "Too large: 2.1 kB of at most 2 kB. Choose a smaller file."],
];
for (const [file, expected] of CASES) {
  test(`${file[1]}: ${expected}`, async () => assert.equal(await told(...file), `${file[1]}: ${expected}`));
}

test("the limit of a 413 is the request's, so no number is told", () => {
  const error = new UploadError("too_large", { status: 413, details: { limitBytes: 10, actualBytes: 20 } });
  assert.equal(sentence(error, { name: "a.jpg", size: 9, type: "" }), "a.jpg: The file is too large. Choose a smaller one.");
});

test("Retry-After is told in a unit that fits", () => {
  const busy = (retryAfter) => sentence(new UploadError("overloaded", { retryAfter }), { name: "a.jpg", size: 9, type: "" });
  assert.match(busy(1), /in 1 second\.$/);
  assert.match(busy(90), /in 90 seconds\.$/);
  assert.match(busy(3600), /in 60 minutes\.$/);
  assert.match(busy(86_400), /in 24 hours\.$/);
});

test("what a lost connection and an unreachable session source are called", () => {
  const text = (reasonCode) => sentence(new UploadError(reasonCode, { retryable: true }), { name: "a.jpg", size: 9, type: "" });
  assert.match(text("network"), /connection was interrupted/);
  assert.match(text("session_unreachable"), /cannot receive files right now/);
  assert.match(text("session_unavailable"), /session has ended/);
});

test("what went wrong with a message is told without a name", () => {
  const text = (reasonCode, facts) => describeError(new UploadError(reasonCode, facts), undefined, english);
  assert.equal(text("unconfirmed", { retryable: true }), "It is not certain that this arrived. If there is no reply, try again.");
  assert.equal(text("field_too_long"), "The message is too long. Shorten it, or send it in parts.");
  assert.match(text("file_not_found"), /^The file is no longer available\./);
  for (const reasonCode of ["ticket_expired", "ticket_invalid", "ticket_mismatch"]) assert.match(text(reasonCode, { retryable: true }), /^The chat session has ended\./);
  assert.match(text("ticket_missing", { retryable: true }), /^Something is wrong with this page\./);
});

test("a file that was damaged on its way is to be chosen again", () => {
  const error = new UploadError("damaged_in_transit", { details: { declared: "jpg" } });
  assert.equal(sentence(error, { name: "a.jpg", size: 9, type: "" }), "a.jpg: The file arrived damaged. Choose it again, or send another copy of it.");
});

test("the sentence of the page's own rejection is shown, and the name can be left out", () => {
  const error = new UploadError("rejected", { message: "Only receipts, please." });
  const file = { name: "a.jpg", size: 9, type: "" };
  assert.equal(sentence(error, file), "a.jpg: Only receipts, please.");
  assert.equal(describeError(error, file, english, undefined, { isNamed: false }), "Only receipts, please.");
});

test("a language may have a text for any reason", () => {
  const messages = { ...english, reasons: { ...english.reasons, page_fault: "Call us." } };
  assert.equal(sentence(new UploadError("page_fault"), { name: "a.jpg", size: 9, type: "" }, messages), "a.jpg: Call us.");
});
