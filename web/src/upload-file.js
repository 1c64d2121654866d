// Uploads one file through an uploadFileStream gateway.

import { ended, precheck, readAs } from "./precheck.js";
import { UploadError } from "./upload-error.js";

/** Read at once; a multiple of 3, so that the parts' Base64 joins without padding. */
const PART_BYTES = 3e5;

/**
 * Uploads one file, after `precheck`. Use the token of the result, or of the error, from then on.
 * @throws {UploadError} or, if aborted, the signal's reason
 */
export async function uploadFile(file, options) {
  const { endpoint, token, signal } = options;
  try {
    signal?.throwIfAborted();
    if (!endpoint) throw new UploadError("invalid_request");
    if (!token) throw new UploadError("missing_token");
    const fileType = await precheck(file, options);
    return await send(await encode(file, { ...options, fileType }), options);
  } catch (error) {
    if (error instanceof UploadError) error.token ??= token;
    throw error;
  }
}

/** The documented JSON. Parts are passed to the browser as they are encoded, to save memory. */
async function encode(file, { fileType, channel = "WEB", signal }) {
  const parts = [JSON.stringify({ fileType, channel, fileStream: "" }).slice(0, -2)];
  for (let at = 0; at < file.size; at += PART_BYTES) {
    const url = await readAs("readAsDataURL", file.slice(at, at + PART_BYTES), signal);
    parts.push(new Blob([url.split(",")[1]]));
  }
  return new Blob([...parts, '"}'], { type: "application/json" });
}

async function send(body, { endpoint, token, headers, signal, silenceMs = 120_000, onProgress }) {
  const xhr = new XMLHttpRequest();
  const start = Date.now();
  let reasonCode = "network";
  xhr.timeout = silenceMs;
  xhr.ontimeout = () => (reasonCode = "timeout");
  xhr.upload.onprogress = (sent) => {
    xhr.timeout = Date.now() - start + silenceMs;
    onProgress?.(sent);
  };
  try {
    xhr.open("POST", endpoint);
    new Headers(headers).forEach((value, name) => xhr.setRequestHeader(name, value));
    xhr.setRequestHeader("ccmessaging-token", token);
    xhr.send(body);
  } catch { // The browser's message may contain the token.
    throw new UploadError("invalid_request");
  }
  await ended(xhr, signal);
  if (xhr.status === 0) throw new UploadError(reasonCode, { retryable: true });
  return readResponse(xhr, token);
}

/**
 * Returns what a response reports as stored, and the token to use from now on.
 * @throws {UploadError}
 */
export function readResponse(xhr, sent) {
  const { status } = xhr;
  const token = xhr.getResponseHeader("ccmessaging-token") ?? sent;
  let body;
  try {
    body = JSON.parse(xhr.responseText);
  } catch {} // a proxy's error page
  const { objectKey, returnCode = body?.resultCode, returnDesc: message, details = {} } = body ?? {};
  if (status === 200 && returnCode === "0" && objectKey) return { objectKey, token };
  const fallback = reasonOf(status, returnCode, body);
  throw new UploadError(body?.reasonCode ?? fallback, {
    message, details, status, returnCode, token,
    requestId: xhr.getResponseHeader("x-request-id") ?? undefined,
    retryAfter: secondsOf(xhr.getResponseHeader("retry-after")),
    retryable: !["too_large", "refused", "unexpected_answer"].includes(fallback),
  });
}

/** The reason that status and return code imply if the response names none, as the contact centre's own. */
function reasonOf(status, returnCode, body) {
  if (status === 401 || status === 403) return "session_refused";
  if (status === 408) return "body_timeout";
  if (status === 413) return "too_large";
  if (status === 429 || status === 503) return "overloaded";
  if (status >= 500 || returnCode === "13") return "not_stored";
  if (!body) return "network"; // a captive portal's or a proxy's page
  return returnCode === "2" || returnCode === "3" ? "refused" : "unexpected_answer";
}

/** The seconds to wait by a Retry-After header, which is a number of them or an HTTP date. */
function secondsOf(value) {
  const seconds = +value || Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return seconds > 0 ? seconds : undefined;
}
