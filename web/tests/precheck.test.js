import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import test from "node:test";
import { CONTENT, SAMPLES, fileOf, sample } from "./files.js";
import { DEFAULT_LIMIT_BYTES, UploadError, precheck } from "../index.js";

/** What `precheck` says of a file: nothing, or its reason and details. */
async function refusal(file, options) {
  try {
    await precheck(file, options);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof UploadError, String(error));
    return { reasonCode: error.reasonCode, ...error.details };
  }
}

const TAKEN = [
  ["photo.jpg", CONTENT.jpg], ["photo.JPEG", CONTENT.jpg], ["photo.jfif", CONTENT.jpg], ["shot.png", CONTENT.png],
  ["scan.bmp", CONTENT.bmp], ["odd.bmp", `BM${"\xff\0".repeat(32)}`], ["song.mp3", CONTENT.mp3], ["voice.aac", CONTENT.aac],
  ["film.mp4", CONTENT.mp4], ["late-ftyp.mp4", `\0\0\0\x08free${CONTENT.mp4}`], ["notes.txt", CONTENT.text],
  ["utf-16.csv", "\xff\xfea\0,\0b\0"], ["legacy.txt", "\xc4\xe3\xba\xc3"],
  // The gateway decides about text that begins like something else.
  ["BM.csv", "BMI,weight\n"], ["pdf.txt", CONTENT.pdf], ["mz.txt", "MZ is the mark of programs."], ["gif.txt", "GIF89a is a format."],
];
for (const [name, content] of TAKEN) {
  test(`${name} is taken`, async () => assert.equal(await refusal(fileOf(content, name)), undefined));
}

test("every sample that the gateway takes is taken", async () => {
  const names = readdirSync(SAMPLES).filter((name) => /\.(jpg|png|bmp|mp3|aac|mp4|txt|csv)$/.test(name));
  assert.ok(names.length > 20, `${names}`);
  for (const name of names) assert.equal(await refusal(sample(name)), undefined, name);
});

const UNSUPPORTED = [
  ["IMG_2041.heic", CONTENT.heic, "heic", "image/heic"], ["shot.webp", CONTENT.webp, "webp", "image/webp"],
  ["shot.avif", CONTENT.avif, "avif", "image/avif"], ["anim.gif", CONTENT.gif, "gif", "image/gif"],
  ["film.mov", CONTENT.mov, "mov", "video/quicktime"], ["memo.m4a", CONTENT.m4a, "m4a", "audio/mp4"],
  ["film.3gp", CONTENT.threeGp, "3gp", "video/3gpp"], ["contract.pdf", CONTENT.pdf, "pdf", "application/pdf"],
  ["letter.docx", CONTENT.docx, "docx", "application/vnd.openxmlformats-officedocument"],
  ["table.xlsx", CONTENT.xlsx, "xlsx", "application/vnd.openxmlformats-officedocument"],
  ["table.xls", CONTENT.xls, "xls", "application/x-ole-storage"],
  ["all.zip", CONTENT.zip, "zip", "application/zip"], ["readme.md", CONTENT.text, "md", "text/plain"],
  ["photo", CONTENT.jpg, undefined, "image/jpeg"], ["noise.xyz", "\0\x01\x02", "xyz", undefined],
  ["x.constructor", "\0\x01", "constructor", undefined],
];
for (const [name, content, declared, detected] of UNSUPPORTED) {
  test(`${name} is of a type that is not taken`, async () =>
    assert.deepEqual(await refusal(fileOf(content, name)), { reasonCode: "unsupported_type", declared, detected }));
}

const MISMATCHED = [
  ["photo.jpg", CONTENT.heic, "image/heic"], ["photo.jpg", CONTENT.png, "image/png"], ["photo.png", CONTENT.webp, "image/webp"],
  ["photo.jpg", "\0\0\0\0", undefined], ["photo.png", "\x89PNG\r\n\x1a\r", undefined], ["scan.bmp", "\0\0", undefined],
  ["film.mp4", CONTENT.mov, "video/quicktime"], ["film.mp4", CONTENT.jpg, "image/jpeg"], ["film.mp4", CONTENT.text, "text/plain"],
  ["song.mp3", CONTENT.m4a, "audio/mp4"], ["voice.aac", CONTENT.m4a, "audio/mp4"], ["notes.txt", CONTENT.docx, "application/vnd.openxmlformats-officedocument"],
  ["notes.csv", CONTENT.zip, "application/zip"], ["photo.bmp", CONTENT.pdf, "application/pdf"],
];
for (const [name, content, detected] of MISMATCHED) {
  test(`${name} that is ${detected ?? "nothing known"} is refused`, async () => {
    const declared = name.split(".")[1];
    assert.deepEqual(await refusal(fileOf(content, name)), { reasonCode: "content_mismatch", declared, detected });
  });
}

test("an empty file is refused, whatever it is called", async () => {
  assert.deepEqual(await refusal(fileOf("", "empty.pdf")), { reasonCode: "empty_file", declared: "pdf" });
});

/** A PNG of so many bytes that notes which parts of it are read. */
function largePng(size) {
  const file = fileOf(CONTENT.png, "large.png");
  const reads = [];
  const slice = file.slice.bind(file);
  Object.defineProperty(file, "size", { value: size });
  file.slice = (from, to) => {
    reads.push([from, to]);
    return slice(from, to);
  };
  return { file, reads };
}

test("a limit is the largest size that is taken, and no more than the head is read to tell", async () => {
  const { file: fits } = largePng(DEFAULT_LIMIT_BYTES);
  assert.equal(await refusal(fits), undefined);
  const { file, reads } = largePng(DEFAULT_LIMIT_BYTES + 1);
  assert.deepEqual(await refusal(file), {
    reasonCode: "too_large", declared: "png", limitBytes: DEFAULT_LIMIT_BYTES, actualBytes: DEFAULT_LIMIT_BYTES + 1,
  });
  assert.deepEqual(reads, [[0, 512]]);
});

test("limits are one number for all, or one for each family", async () => {
  const png = fileOf(CONTENT.png, "shot.png");
  const { size } = png;
  assert.equal(await refusal(png, { limits: size }), undefined);
  assert.equal((await refusal(png, { limits: size - 1 })).limitBytes, size - 1);
  assert.equal((await refusal(png, { limits: { image: size - 1 } })).reasonCode, "too_large");
  assert.equal(await refusal(png, { limits: { audio: 1, video: 1, text: 1 } }), undefined);
});

test("types narrow what is taken", async () => {
  const options = { types: ["jpg", "png"] };
  assert.equal(await refusal(fileOf(CONTENT.jpg, "photo.jpg"), options), undefined);
  assert.equal((await refusal(fileOf(CONTENT.mp4, "film.mp4"), options)).reasonCode, "unsupported_type");
});

test("a declared type counts more than the name", async () => {
  assert.equal(await refusal(fileOf(CONTENT.png, "holiday.jpg"), { fileType: "png" }), undefined);
});

test("a file that cannot be read is refused", async () => {
  const file = fileOf(CONTENT.png, "gone.png");
  file.slice = () => new File([], "part");
  const { readAsBinaryString } = FileReader.prototype;
  FileReader.prototype.readAsBinaryString = function () {
    Object.defineProperty(this, "error", { value: new Error("NotReadableError") });
    queueMicrotask(() => this.dispatchEvent(new Event("loadend")));
  };
  try {
    assert.equal((await refusal(file)).reasonCode, "unreadable_file");
  } finally {
    FileReader.prototype.readAsBinaryString = readAsBinaryString;
  }
});
