// Describes for the customer why a file was not sent.

import { ALL_TYPES, familyOf, fileTypeOf, typeOfMediaType } from "./file-types.js";
import { fill, formatTypes, formatSize, formatWait } from "./language.js";

/** Reasons that share a text. Other reasons without a text are a fault of the page or of a server. */
const SHARED = {
  session_refused: "session", session_unavailable: "session", missing_token: "session",
  ticket_expired: "session", ticket_invalid: "session", ticket_mismatch: "session", ticket_missing: "page",
  timeout: "network", body_timeout: "network", body_incomplete: "network", overloaded: "busy",
  unsupported_content: "content_mismatch", media_type_mismatch: "content_mismatch",
  metadata_not_removable: "content_mismatch",
};

/**
 * Advice by format: its key, the type that it leads to, and what matches "detected declared". A
 * spreadsheet is often a renamed one, whose content is that of an archive.
 */
const FORMATS = [
  ["sheet", "csv", /excel|spreadsheet|\b(xls\w?|ods|numbers)\b|(zip|office|ole|word)\S* csv/],
  ["heic", "jpg", /hei[cf]/],
  ["document", "jpg", /pdf|office|document|word|ole|docx?\b/],
  ["archive", undefined, /zip|rar|7z|tar/],
  ["video", "mp4", /video/],
  ["audio", "mp3", /audio/],
  ["image", "jpg", /image/],
];

/** Names that say more than the media type's own. */
const NAMES = [
  ["audio/mp4", "M4A"],
  ["video/quicktime", "MOV"],
  ["video/3gpp", "3GP"],
  ["application/vnd.openxml", "Office"],
  ["application/x-ole", "Office"],
  ["application/msword", "Office"],
];

/**
 * Describes in the messages' language why a file was not sent and what to do about it: "photo.heic: …".
 * Without a file, it is about a message. For lists that show the name anyway, `isNamed: false` leaves it out, and for those with a button for
 * `detectedType`, `hasAdvice: false` the advice. `retryAfter` is what is left of the error's own.
 */
export function describeError(error, file = {}, messages, types = ALL_TYPES, options = {}) {
  const { isNamed = !!file.name, hasAdvice = true, retryAfter = error.retryAfter } = options;
  const { details = {} } = error;
  const { declared = fileTypeOf(file), detected = "", limitBytes, actualBytes } = details;
  const advice = adviceOn(detected, declared, file.type, types);
  const values = {
    name: file.name,
    declared: declared?.toUpperCase(),
    detected: advice === "sheet" && /office|ole|word/.test(detected) ? "Excel" : nameOf(detected),
    size: formatSize(actualBytes ?? file.size, messages),
    limit: limitBytes && formatSize(limitBytes, messages, Math.floor),
    types: formatTypes(types, messages),
    when: formatWait(retryAfter, messages),
  };
  values.advice = hasAdvice ? fill(messages.advice[advice], values, messages) : "";
  values.sentence = fill(textOf(error, retryAfter, messages.reasons, familyOf(declared)), values, messages).trim();
  return isNamed ? fill(messages.labels.about, values, messages) : values.sentence;
}

function textOf({ reasonCode, details = {}, message, retryable, status }, retryAfter, texts, family) {
  const { declared, detected, limitBytes } = details;
  const own = (map, key) => (Object.hasOwn(map, key) ? map[key] : undefined);
  const key = own(SHARED, reasonCode) ?? reasonCode;
  if (retryAfter) return texts.busy_for;
  if (key === "rejected") return message;
  // The limit in a 413 is that of the whole request.
  if (key === "too_large" && (!limitBytes || status === 413)) return texts.too_large_unknown;
  if (key === "unsupported_type" && !declared) return texts.unnamed_type;
  if (key === "content_mismatch" && !detected) return texts.content_damaged;
  return own(texts, `${key}_${family}`) ?? own(texts, key) ?? (retryable ? texts.unavailable : texts.page);
}

function adviceOn(detected, declared = "", mediaType, types) {
  const content = `${detected} ${declared}`;
  const matching = (text) => {
    const known = FORMATS.find(([, , format]) => format.test(text));
    return known && (!known[1] || types.includes(known[1])) ? known[0] : "other";
  };
  // Spreadsheets come first: some are plain text, but "Send it as TXT" would not help.
  if (matching(content) === "sheet") return "sheet";
  if (types.includes(typeOfMediaType(detected))) return "send_as";
  if (familyOf(declared) && typeOfMediaType(detected)) return "other"; // accepted elsewhere, but not here
  return matching(`${content} ${mediaType}`);
}

function nameOf(detected) {
  const name = NAMES.find(([mediaType]) => detected.startsWith(mediaType))?.[1];
  return name ?? (typeOfMediaType(detected) ?? detected.replace(/^\w+\/(x-)?/, "")).toUpperCase();
}
