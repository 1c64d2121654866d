// Files for the tests, of which most are only a beginning.

import "./browser.js";
import { readFileSync } from "node:fs";

const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A file whose content is written one byte a character. */
export const fileOf = (content, name = "", type = "") =>
  new File([typeof content === "string" ? bytes(content) : content], name, { type });

/** The folder of the project's sample files. */
export const SAMPLES = new URL("../../tests/samples/", import.meta.url);

/** A sample file, under its own name or another. */
export const sample = (path, name = path) => fileOf(readFileSync(new URL(path, SAMPLES)), name);

const ftyp = (brand) => `\0\0\0\x18ftyp${brand}\0\0\0\0isommp42${"\0".repeat(64)}`;

export const CONTENT = {
  jpg: `\xff\xd8\xff\xe0\0\x10JFIF\0${"\0".repeat(64)}`,
  png: `\x89PNG\r\n\x1a\n\0\0\0\rIHDR${"\0".repeat(64)}`,
  bmp: `BM\x76\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0${"\0".repeat(64)}`,
  gif: `GIF89a\x01\0\x01\0${"\0".repeat(64)}`,
  webp: `RIFF\x24\0\0\0WEBPVP8 ${"\0".repeat(64)}`,
  mp3: `ID3\x04\0\0\0\0\0\x0aTIT2${"\0".repeat(64)}`,
  aac: `\xff\xf1\x50\x80\x02\x1f\xfc${"\0".repeat(64)}`,
  mp4: ftyp("isom"),
  heic: ftyp("heic"),
  avif: ftyp("avif"),
  mov: ftyp("qt  "),
  m4a: ftyp("M4A "),
  threeGp: ftyp("3gp4"),
  pdf: `%PDF-1.7\n%\xe2\xe3\xcf\xd3\n${"x".repeat(64)}`,
  zip: `PK\x03\x04\x14\0\0\0\x08\0${"\0".repeat(16)}\x09\0\0\0notes.txt${"\0".repeat(64)}`,
  docx: `PK\x03\x04\x14\0\x06\0\x08\0${"\0".repeat(16)}\x13\0\0\0[Content_Types].xml${"\0".repeat(64)}`,
  xlsx: `PK\x03\x04\x14\0\x06\0\x08\0${"\0".repeat(16)}\x0f\0\0\0xl/workbook.xml${"\0".repeat(64)}`,
  xls: `\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${"\0".repeat(64)}`,
  text: "Delivered on Monday.\r\n",
};
