import assert from "node:assert/strict";
import test from "node:test";
import { acceptOf, fileTypeOf } from "../index.js";

const CASES = [
  [{ name: "photo.jpg", type: "" }, "jpg"],
  [{ name: "PHOTO.JPG", type: "image/png" }, "jpg"],
  [{ name: "photo.jpeg", type: "image/jpeg" }, "jpg"],
  [{ name: "archive.tar.csv", type: "" }, "csv"],
  [{ name: "server.log", type: "text/plain; charset=utf-8" }, "txt"],
  [{ name: "clip.m4v", type: "video/x-m4v" }, "mp4"],
  [{ name: "table.unknown", type: "application/vnd.ms-excel" }, "csv"],
  [{ name: "table.xls", type: "application/vnd.ms-excel" }, "xls"],
  [{ name: "IMG_1.HEIC", type: "image/heic" }, "heic"],
  [{ name: "x.constructor", type: "constructor" }, "constructor"],
  [{ name: "x.__proto__", type: "__proto__" }, "__proto__"],
  [{ name: "nothing", type: "" }, undefined],
  [{ name: "trailing.", type: "" }, undefined],
  [{ type: "image/bmp" }, "bmp"],
];
for (const [file, expected] of CASES) {
  test(`${JSON.stringify(file)} is ${expected}`, () => assert.equal(fileTypeOf(file), expected));
}

const MEDIA_TYPES = {
  jpg: ["image/jpeg", "image/jpg", "image/pjpeg", "image/x-jpeg", "image/x-jpg", "IMAGE/JPEG"],
  png: ["image/png", "image/x-png", "image/apng"],
  bmp: ["image/bmp", "image/x-bmp", "image/x-ms-bmp", "image/x-windows-bmp", "image/x-bitmap", "image/x-win-bitmap"],
  mp3: ["audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/mpg", "audio/x-mp3", "audio/x-mpeg", "audio/x-mpeg-3", "audio/x-mpeg3", "audio/x-mpg"],
  aac: ["audio/aac", "audio/aacp", "audio/x-aac", "audio/x-hx-aac-adts", "audio/vnd.dlna.adts", "audio/adts", "audio/x-adts"],
  mp4: ["video/mp4", "video/mpeg4", "video/x-m4v", "application/mp4"],
  txt: ["text/plain"],
  csv: ["text/csv", "text/x-csv", "application/csv", "application/x-csv", "application/vnd.ms-excel",
    "text/comma-separated-values", "text/x-comma-separated-values", "application/comma-separated-values"],
};
for (const [expected, mediaTypes] of Object.entries(MEDIA_TYPES)) {
  test(`files without an extension are ${expected} by ${mediaTypes}`, () => {
    for (const type of mediaTypes) assert.equal(fileTypeOf({ name: "file", type }), expected, type);
  });
}

test("media types of others are no types of the API", () => {
  for (const type of ["image/gif", "image/jpeg2000", "x-image/png", "audio/mp4", "audio/wav", "text/html", "text/plainer"]) {
    assert.equal(fileTypeOf({ name: "file", type }), undefined, type);
  }
});

test("accept names extensions and media types", () => {
  assert.equal(acceptOf(["jpg", "txt", "exe"]), ".jpg,.jpeg,.jpe,.jfif,image/jpeg,.txt,text/plain");
});

test("photos that are converted can be chosen, but not HEIC, so that Safari hands out a JPG", () => {
  const accepted = acceptOf(["jpg", "png"], { shrinkPhotos: true }).split(",");
  for (const type of [".webp", "image/webp", ".avif", "image/avif"]) assert.ok(accepted.includes(type), type);
  assert.doesNotMatch(accepted.join(), /hei[cf]/);
  assert.doesNotMatch(acceptOf(["png"], { shrinkPhotos: true }), /webp/, "only JPG can be made of it");
  assert.doesNotMatch(acceptOf(["jpg"]), /webp/);
});
