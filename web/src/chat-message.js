// The messages of a chat and their files.

import { familyOf } from "./file-types.js";

/** Media types that a page may show. Others, such as HTML and SVG, could run scripts under the page's origin. */
const SHOWABLE =
  /^(image\/(jpeg|png|bmp)|audio\/(mpeg|aac)|video\/mp4|text\/(plain|csv)|application\/(pdf|zip|vnd\.openxml.+\.document))$/;

/** The types of files whose messages do not name one, such as those of the multimedia library. */
const DEFAULT_TYPES = { IMAGE: "jpg", AUDIO: "mp3", VIDEO: "mp4", DOCUMENT: "pdf" };

/** Parses a message of the contact centre. Throws if it is malformed. */
export function parseMessage(raw) {
  if (typeof raw !== "object") throw new TypeError("not an object");
  const { content, mediaType, sourceType, senderNickname, timestamp } = raw;
  const isFile = /IMAGE|VIDEO|AUDIO|DOCUMENT|FILE/.test(mediaType);
  return {
    from: `${sourceType ?? ""}`.toLowerCase(),
    nickname: senderNickname,
    time: new Date(+timestamp || Date.now()),
    text: isFile ? undefined : `${content ?? ""}`,
    file: isFile ? parseFile(raw) : undefined,
    raw,
  };
}

function parseFile({ content, contentType, mediaType, mediaFileType }) {
  const isLocal = `${contentType}` === "1";
  const type = `${mediaFileType || DEFAULT_TYPES[mediaType] || ""}`.toLowerCase();
  return { id: isLocal ? `local/${content}` : `${content}`, type: type === "jpeg" ? "jpg" : type, isLibrary: !isLocal };
}

/** Returns the documented message about a stored file. */
export function messageAbout({ objectKey, fileType, file }, call) {
  const family = familyOf(fileType);
  if (family === "text") return { mediaType: "FILE", content: [file.name.replace(/[,\p{Cc}]/gu, "_"), file.size, objectKey, fileType].join() };
  return { mediaType: family.toUpperCase(), content: call === "sendAsync" ? `${objectKey},${fileType}` : objectKey };
}

/** Returns a downloaded file, whose type is one that a page may show, or else unknown. */
export function downloadedFile({ id, type }, { content, mediaType }) {
  const name = `download-${id.replace(/^local\//, "").replace(/\W/g, "").slice(0, 8)}.${type}`;
  return new File([content], name, { type: SHOWABLE.test(mediaType) ? mediaType : "application/octet-stream" });
}
