// One request of a chat.

import { UploadError } from "./upload-error.js";
import { readResponse } from "./upload-file.js";
import { unlessAborted } from "./wait.js";

const TIMEOUT_MS = 30_000;

/**
 * Makes a call, and resolves to the members of its response, or to the `content` and `mediaType` of a file, and to
 * the token to use from now on.
 * @throws {UploadError} or, if aborted, the signal's reason
 */
export async function request(options, { path, body, token: sent, ticket, signal }) {
  const isMessage = /^send/.test(path);
  const isDownload = /^down/.test(path);
  let headers;
  let url;
  try {
    ({ url } = new Request(urlOf(options, path))); // Outside of pages, it rejects relative URLs.
    headers = new Headers(options.headers);
    headers.set("ccmessaging-token", sent);
    if (ticket) headers.set("x-chat-ticket", ticket);
    if (body) headers.set("content-type", "application/json");
    if (isDownload) headers.set("accept", "application/octet-stream");
  } catch { // The browser's message may contain the token.
    throw new UploadError("invalid_request");
  }
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), options.callTimeoutMs ?? TIMEOUT_MS);
  let response;
  let content;
  try {
    const exchange = async () => {
      response = await fetch(url, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: timeout.signal });
      content = await response.arrayBuffer();
    };
    await unlessAborted(exchange(), signal, () => timeout.abort());
  } catch {
    signal?.throwIfAborted();
    throw new UploadError(isMessage ? "unconfirmed" : timeout.signal.aborted ? "timeout" : "network", { retryable: true });
  } finally {
    clearTimeout(timer);
  }
  const { status } = response;
  const header = (name) => response.headers.get(name);
  const mediaType = header("content-type")?.split(";")[0];
  const token = header("ccmessaging-token") ?? sent;
  if (isDownload && status === 200 && !/^(application\/json|text\/html)$/.test(mediaType)) return { content, mediaType, token };
  const responseText = new TextDecoder().decode(content);
  let result;
  try {
    result = JSON.parse(responseText);
  } catch {} // a proxy's error page
  if (status === 200 && `${result?.resultCode ?? result?.returnCode}` === "0") return { ...result, token };
  try {
    return readResponse({ status, responseText, getResponseHeader: header }, sent); // It throws, because the response reports no stored file.
  } catch (error) {
    if (result?.resultDesc) error.message = result.resultDesc;
    if (isMessage && !isRejection(error, result?.reasonCode)) Object.assign(error, { reasonCode: "unconfirmed", retryable: true });
    throw error;
  }
}

/** @throws {UploadError} if the base URL is missing, or has no scheme: `gateway.example.com` would be a path of the page */
export function urlOf({ baseUrl }, path) {
  if (!/^(https?:\/)?\/|^$/i.test(baseUrl)) throw new UploadError("invalid_request");
  return `${baseUrl.replace(/\/$/, "")}/apiaccess/ccmessaging/${path}`;
}

/**
 * Whether a message was certainly not received by the contact centre, or rejected by it. A 503 proves that only if the
 * gateway or a proxy explains it: API gateways also send one after a timeout.
 */
const isRejection = ({ status, returnCode }, reasonCode) =>
  (status >= 400 && status < 500) || (status === 200 && returnCode && +returnCode !== 0) || (status === 503 && reasonCode === "overloaded")
  || /^(upstream_unreachable|token_unavailable)$/.test(reasonCode);
