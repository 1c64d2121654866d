import assert from "node:assert/strict";
import test from "node:test";
import { CONTENT, fileOf } from "./files.js";
import { GATEWAY_REASONS, OWN_REASONS } from "./reasons.js";
import { UploadError, describeError, precheck } from "../index.js";
import { messagesFor } from "../src/language.js";

const english = await messagesFor("en");
const LANGUAGES = ["en", "zh-CN", "es", "pt-BR", "ar", "fr"];

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
        assert.match(text, /photo\.jpg/, reasonCode);
        assert.doesNotMatch(text, /undefined|null|NaN|[{}]|_/, `${reasonCode}: ${text}`);
      }
    }
  });
}

/** What a person is told of a file that `precheck` refuses. */
async function told(content, name, type, options) {
  const file = fileOf(content, name, type);
  const error = await precheck(file, options).then(() => assert.fail(`${name} is taken`), (error) => error);
  return sentence(error, file, english, options?.types);
}

const CASES = [
  [[CONTENT.heic, "IMG_1.HEIC"], "IMG_1.HEIC cannot be sent: HEIC files are not accepted. Convert the photo to JPG. To take new photos as JPG on an iPhone: Settings › Camera › Formats › Most Compatible."],
  [[CONTENT.heic, "photo.jpg"], "photo.jpg is not JPG: its content is HEIC. Convert the photo to JPG. To take new photos as JPG on an iPhone: Settings › Camera › Formats › Most Compatible."],
  [[CONTENT.mov, "film.mov"], "film.mov cannot be sent: MOV files are not accepted. Save the video as MP4."],
  [[CONTENT.mov, "film.mp4"], "film.mp4 is not MP4: its content is MOV. Save the video as MP4."],
  [["\0\0", "film.avi", "video/x-msvideo"], "film.avi cannot be sent: AVI files are not accepted. Save the video as MP4."],
  [[CONTENT.m4a, "memo.m4a"], "memo.m4a cannot be sent: M4A files are not accepted. Save the recording as MP3."],
  [[CONTENT.webp, "shot.webp"], "shot.webp cannot be sent: WEBP files are not accepted. Save the picture as JPG or PNG."],
  [[CONTENT.pdf, "a.pdf"], "a.pdf cannot be sent: PDF files are not accepted. Send a photo or a screenshot of the page you need help with."],
  [[CONTENT.docx, "a.docx"], "a.docx cannot be sent: DOCX files are not accepted. Send a photo or a screenshot of the page you need help with."],
  [[CONTENT.docx, "a.txt"], "a.txt is not TXT: its content is Office. Send a photo or a screenshot of the page you need help with."],
  [[CONTENT.zip, "a.zip"], "a.zip cannot be sent: ZIP files are not accepted. Unpack it and send the files in it."],
  [["\0\0", "a.exe"], "a.exe cannot be sent: EXE files are not accepted. You can send JPG, PNG, BMP, MP3, AAC, MP4, TXT, or CSV files."],
  [["\0\0", "noname"], "noname cannot be sent: its name does not say what kind of file it is. You can send JPG, PNG, BMP, MP3, AAC, MP4, TXT, or CSV files."],
  [[CONTENT.text, "a.md"], "a.md cannot be sent: MD files are not accepted. Send it as TXT, or choose another file."],
  [[CONTENT.png, "a.jpg"], "a.jpg is not JPG: its content is PNG. Send it as PNG, or choose another file."],
  [["\0\0", "a.jpg"], "a.jpg is damaged, or not JPG. Open it to check, and save it again."],
  [["", "a.jpg"], "a.jpg is empty. If it is a folder, open it and choose the files in it."],
  [[CONTENT.mov, "film.mov", "", { types: ["jpg"] }], "film.mov cannot be sent: MOV files are not accepted. You can send JPG files."],
  [[CONTENT.mp4, "film.mp4", "", { types: ["jpg", "png"] }], "film.mp4 cannot be sent: MP4 files are not accepted. You can send JPG or PNG files."],
  [[CONTENT.jpg + "x".repeat(2e3), "a.jpg", "", { limits: 2000 }], "a.jpg is 2.1 kB. Files of this kind can be up to 2 kB: choose a smaller one."],
];
for (const [file, expected] of CASES) {
  test(`${file[1]}: ${expected}`, async () => assert.equal(await told(...file), expected));
}

test("the limit of a 413 is the request's, so no number is told", () => {
  const error = new UploadError("too_large", { status: 413, details: { limitBytes: 10, actualBytes: 20 } });
  assert.equal(sentence(error, { name: "a.jpg", size: 9, type: "" }), "a.jpg is too large to send. Choose a smaller file.");
});

test("Retry-After is told in seconds", () => {
  const busy = (retryAfter) => sentence(new UploadError("overloaded", { retryAfter }), { name: "a.jpg", size: 9, type: "" });
  assert.match(busy(1), /in 1 second\.$/);
  assert.match(busy(90), /in 90 seconds\.$/);
});

test("a language may have a text for any reason", () => {
  const messages = { ...english, reasons: { ...english.reasons, page_fault: "{name}: call us." } };
  assert.equal(sentence(new UploadError("page_fault"), { name: "a.jpg", size: 9, type: "" }, messages), "a.jpg: call us.");
});
