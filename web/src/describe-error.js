// What a person is told about a file that was not sent.

import { ALL_TYPES, familyOf, fileTypeOf, typeOfMediaType } from "./file-types.js";
import { fill, formatTypes, formatSize } from "./language.js";

/** Reasons that share a text. Others without one of their own are a fault of the page, or of what is behind it. */
const SHARED = {
  session_refused: "session", session_unavailable: "session", missing_token: "session",
  timeout: "network", body_timeout: "network", body_incomplete: "network", overloaded: "busy",
  unsupported_content: "content_mismatch", media_type_mismatch: "content_mismatch",
  metadata_not_removable: "content_mismatch",
};

/** Advice about formats, told by media types and extension, and the type that the advice leads to. */
const FORMATS = [
  ["heic", "jpg", /hei[cf]/],
  ["document", "jpg", /pdf|office|document|msword|docx?\b/],
  ["archive", undefined, /zip|rar|7z|tar/],
  ["video", "mp4", /video/],
  ["audio", "mp3", /audio/],
  ["image", "jpg", /image/],
];

/** Names where the media type's own would mislead. */
const NAMES = [
  ["audio/mp4", "M4A"],
  ["video/quicktime", "MOV"],
  ["video/3gpp", "3GP"],
  ["application/vnd.openxml", "Office"],
];

/** Says in the messages' language why a file was not sent, and what to do about it. */
export function describeError(error, file, messages, types = ALL_TYPES) {
  const { details = {}, retryAfter: count } = error;
  const { declared = fileTypeOf(file), detected = "", limitBytes, actualBytes } = details;
  const values = {
    name: file.name,
    declared: declared?.toUpperCase(),
    detected: nameOf(detected),
    size: formatSize(actualBytes ?? file.size, messages),
    limit: limitBytes && formatSize(limitBytes, messages, Math.floor),
    types: formatTypes(types, messages),
    count,
  };
  values.advice = fill(messages.advice[adviceOn(detected, declared, file.type, types)], values, messages);
  return fill(textOf(error, messages.reasons), values, messages);
}

function textOf({ reasonCode, details = {}, retryable, retryAfter, status }, texts) {
  const { declared, detected, limitBytes } = details;
  const own = (map, key) => (Object.hasOwn(map, key) ? map[key] : undefined);
  const key = own(SHARED, reasonCode) ?? reasonCode;
  if (retryAfter) return texts.busy_for;
  // The limit that a 413 tells is the whole request's.
  if (key === "too_large" && (!limitBytes || status === 413)) return texts.too_large_unknown;
  if (key === "unsupported_type" && !declared) return texts.unnamed_type;
  if (key === "content_mismatch" && !detected) return texts.content_damaged;
  return own(texts, key) ?? (retryable ? texts.unavailable : texts.page);
}

function adviceOn(detected, declared = "", mediaType, types) {
  if (types.includes(typeOfMediaType(detected))) return "send_as";
  if (familyOf(declared) && typeOfMediaType(detected)) return "other"; // taken elsewhere, but not here
  const known = FORMATS.find(([, , format]) => format.test([detected, declared, mediaType]));
  return known && (!known[1] || types.includes(known[1])) ? known[0] : "other";
}

function nameOf(detected) {
  const name = NAMES.find(([mediaType]) => detected.startsWith(mediaType))?.[1];
  return name ?? (typeOfMediaType(detected) ?? detected.replace(/^\w+\/(x-)?/, "")).toUpperCase();
}
