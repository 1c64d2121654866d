// Checks a file before it is sent: the gateway's rules, as far as a few bytes allow.

import { ALL_TYPES, familyOf, fileTypeOf, typeOfMediaType } from "./file-types.js";
import { UploadError } from "./upload-error.js";
import { unlessAborted } from "./wait.js";

/** The gateway's own default for every kind of file, in bytes: 6 MiB of Base64. */
export const DEFAULT_LIMIT_BYTES = 4718592;

const HEAD_BYTES = 512;

/** How formats begin, one byte a character. Specific ones come before general ones. */
const SIGNATURES = [
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/png", /^\x89PNG\r\n\x1a\n/],
  ["image/bmp", /^BM[^]{12}[^]\0\0\0/],
  ["image/gif", /^GIF8/],
  ["image/webp", /^RIFF[^]{4}WEBP/],
  ["image/avif", /^[^]{4}ftypavi/],
  ["image/heic", /^[^]{4}ftyp(he[iv]|mi[fa]|msf)/],
  ["video/quicktime", /^[^]{4}ftypqt /],
  ["audio/mp4", /^[^]{4}ftyp[MF]4[ABP] /],
  ["video/3gpp", /^[^]{4}ftyp3g/],
  ["video/mp4", /^[^]{4}ftyp(iso|mp4|avc1|M4V)/],
  ["application/pdf", /^%PDF-/],
  ["application/vnd.openxmlformats-officedocument", /^PK\x03\x04[^]{26}(\[Content|(_rels|docProps|word|xl|ppt)\/)/],
  ["application/x-ole-storage", /^\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1/],
  ["application/zip", /^PK\x03\x04/],
  ["text/plain", /^[\t\n\f\r\x1b -~\x80-\xff]+$/],
];

/**
 * Rejects if the gateway would certainly reject the file, based on its name, size and first bytes. Resolves to
 * the `fileType` to send. With an `endpoint`, files are rejected by the gateway's own limits, if it has any.
 * @throws {UploadError}
 */
export async function precheck(file, options = {}) {
  const { fileType = fileTypeOf(file), types = ALL_TYPES, limits, endpoint, signal } = options;
  const reject = (reasonCode, details) => {
    const error = new UploadError(reasonCode, { details: { declared: fileType, ...details } });
    if (!endpoint || limits?.convert) throw error;
    return import("./limits.js").then(({ fetchLimits }) => fetchLimits(endpoint, limits, signal), () => {
      throw error;
    }).then((limits) => precheck(file, { ...options, endpoint: undefined, limits }));
  };
  if (!file.size) return reject("empty_file");
  const head = await readAs("readAsBinaryString", file.slice(0, HEAD_BYTES), signal);
  const detected = SIGNATURES.find(([, signature]) => signature.test(head))?.[0];
  const { target = fileType, isConverted, limitBytes = limitOf(target, limits) } = limits?.convert?.(file, fileType, detected) ?? {};
  if (!types.includes(target)) return reject("unsupported_type", { detected });
  if (!isConverted && contradicts(target, detected, head)) return reject("content_mismatch", { detected });
  if (file.size > limitBytes) return reject("too_large", { limitBytes, actualBytes: file.size });
  return target;
}

/** The largest file of a type in bytes, of one number for all or one for each family. */
export function limitOf(fileType, limits) {
  return limits?.[familyOf(fileType)] ?? (+limits || DEFAULT_LIMIT_BYTES);
}

/** Whether content is certainly not of the declared type. */
function contradicts(fileType, detected, head) {
  // Text may begin with any letters; the gateway rejects zero bytes except in UTF-16 and UTF-32.
  if (familyOf(fileType) === "text") return detected && head.includes("\0");
  if (detected) return typeOfMediaType(detected) !== fileType;
  return /jpg|png/.test(fileType) || (fileType === "bmp" && !head.startsWith("BM"));
}

/** Reads a part of a file by a method of FileReader. An abort of the signal ends it at once. */
export async function readAs(method, part, signal) {
  const reader = new FileReader();
  reader[method](part);
  await ended(reader, signal);
  if (reader.error) throw new UploadError("unreadable_file");
  return reader.result;
}

/** Waits until a FileReader or XMLHttpRequest has ended. An abort of the signal ends it at once. */
export const ended = (request, signal) =>
  unlessAborted(new Promise((resolve) => (request.onloadend = resolve)), signal, () => request.abort());
