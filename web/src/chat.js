// The customer's side of a chat: connect, send text and files, receive, download.

import { familyOf } from "./file-types.js";
import { askFor, Session } from "./session.js";
import { UploadError } from "./upload-error.js";
import { read } from "./upload-file.js";
import { createUploader, limiter } from "./uploader.js";
import { pause, unlessAborted } from "./wait.js";

const TIMEOUT_MS = 30_000;
/** How often a message is sent to a gateway that is overloaded, and the longest pause in between. */
const ATTEMPTS = 3;
const LONGEST_WAIT_MS = 10_000;
/** The longest pause after polls that have failed. */
const LONGEST_PAUSE_MS = 30_000;

/** Media types that a page may show. Others, such as HTML and SVG, could run scripts under the page's origin. */
const SHOWABLE =
  /^(image\/(jpeg|png|bmp)|audio\/(mpeg|aac)|video\/mp4|text\/(plain|csv)|application\/(pdf|zip|vnd\.openxml.+\.document))$/;

/** The types of the multimedia library's files, whose messages do not name one. */
const LIBRARY_TYPES = { IMAGE: "jpg", AUDIO: "mp3", VIDEO: "mp4" };

/** The result of `createChat`. */
class Chat extends EventTarget {
  #options;
  #session;
  #uploader;
  /** The newest answer of `getToken`, and the ids, which it may have too. */
  #identity;
  /** The token that `getToken` gave last, and the one with which CONNECT was sent. */
  #issued;
  #greeted;
  #hasAgent = false;
  #renewal;
  #connecting;
  #polling;
  #pauseMs;
  #received = [];
  #inTurn = limiter(() => 1);
  #isRotating = false;
  /** If responses replace the token, calls wait for each other: a response may void the token of the others. */
  #inSession = limiter(() => (this.#isRotating ? 1 : Infinity));

  state = "new";
  error;

  constructor(options) {
    super();
    this.#options = options;
    this.#identity = { userId: options.userId, channelId: options.channelId };
    this.#session = new Session({
      ...options,
      getToken: async (context) => (this.#issued = await this.#ask(context)),
      onToken: (token) => {
        this.#isRotating ||= token !== this.#issued;
        options.onToken?.(token);
      },
    });
  }

  /** For the uploads of this chat: runs `call` with the newest token. */
  session = {
    call: async (call, signal) => {
      let result;
      await this.#inSession(async () => {
        result = await this.#session.call(call, signal);
      });
      return result;
    },
  };

  get token() {
    return this.#session.token;
  }

  set token(token) {
    this.#session.token = token;
  }

  get endpoint() {
    return this.#url("uploadFileStream");
  }

  get uploader() {
    const { upload, headers } = this.#options;
    return (this.#uploader ??= createUploader({ headers, ...upload, endpoint: this.endpoint, chat: this }));
  }

  /** Starts the chat and receives its messages, unless it does so already. */
  connect() {
    return (this.#connecting ??= this.#connect());
  }

  /** Asks for a person instead of the robot. */
  async requestAgent() {
    await this.#say("TRANS2AGENT");
    this.#hasAgent = true;
  }

  /** Sends a text of at most 1 KB. */
  sendText(text) {
    return this.#say("CHAT", "TEXT", text);
  }

  /** Uploads a file and sends it. If it was stored but not sent, the error has its `objectKey`. */
  async sendFile(file, { signal } = {}) {
    signal?.throwIfAborted();
    const { uploader } = this;
    const [upload] = uploader.add([file]);
    if (!upload) throw new UploadError("too_many_files"); // by the uploader's own limit
    const ended = async () => {
      while (upload.isUnfinished) await change(uploader);
    };
    await unlessAborted(ended(), signal, upload.cancel);
    const sent = { ...upload };
    if (sent.state !== "stored") throw sent.error ?? new DOMException("cancelled", "AbortError");
    upload.remove();
    return sent;
  }

  /** Sends the message about a stored file. */
  async sendStored(upload) {
    const { objectKey, fileType, file } = upload;
    const { call, contentOf } = this.#options;
    const { mediaType, content } = contentOf?.(upload) ?? (familyOf(fileType) === "text"
      ? { mediaType: "FILE", content: [file.name.replace(/[,\p{Cc}]/gu, "_"), file.size, objectKey, fileType].join() }
      : { mediaType: familyOf(fileType).toUpperCase(), content: call === "sendAsync" ? `${objectKey},${fileType}` : objectKey });
    try {
      await this.#say("CHAT", mediaType, content);
    } catch (error) {
      throw Object.assign(error, { objectKey });
    }
  }

  /** All messages since the chat was created, and those to come until it ends. */
  async *messages() {
    for (let at = 0; ; at++) {
      while (at === this.#received.length) {
        if (this.state === "ended" && this.error) throw this.error;
        if (this.state === "ended") return;
        await change(this);
      }
      yield this.#received[at];
    }
  }

  /** Downloads the file of a message as a File, whose type is one that a page may show, or else unknown. */
  async download({ file: { id, type, isLibrary } }, { signal } = {}) {
    const body = { fileId: id, fileType: type, channel: "WEB", multiMedia: isLibrary ? "multiMedia" : undefined };
    const { content, mediaType } = await this.#call("downloadFileStream", body, signal);
    const name = `download-${id.replace(/^local\//, "").replace(/\W/g, "").slice(0, 8)}.${type}`;
    return new File([content], name, { type: SHOWABLE.test(mediaType) ? mediaType : "application/octet-stream" });
  }

  /** Ends the chat. */
  async disconnect() {
    await this.#connecting?.catch(() => {}); // It may be under way.
    if (!this.#isOpen) return;
    this.#polling.abort();
    await this.#say("DISCONNECT").finally(() => this.#end());
  }

  get #isOpen() {
    return /^(connected|interrupted)$/.test(this.state);
  }

  #url(path) {
    return `${this.#options.baseUrl.replace(/\/$/, "")}/apiaccess/ccmessaging/${path}`;
  }

  #update(state, error) {
    const isNews = state !== this.state;
    Object.assign(this, { state, error });
    if (isNews) this.#fire("change", this);
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async #ask(context) {
    const answer = await this.#options.getToken(context);
    if (typeof answer !== "object") return answer;
    Object.assign(this.#identity, answer);
    return answer?.token;
  }

  async #connect() {
    this.#update("connecting");
    try {
      await this.session.call(async (token) => ({ token: await this.#greet(token) }));
    } catch (error) {
      this.#end(error);
      throw error;
    }
    this.#update("connected");
    const { signal } = (this.#polling = new AbortController());
    this.#poll(signal).catch(() => {}); // aborted
  }

  #end(error) {
    this.#polling?.abort();
    this.#connecting = undefined;
    this.#hasAgent = false;
    this.#update("ended", error);
  }

  /** Starts the chat of a session, with a person if there was one in the session before. Returns the newest token. */
  async #greet(token) {
    this.#greeted = this.#issued;
    try {
      for (const controlType of ["CONNECT", "TRANS2AGENT"].slice(0, this.#hasAgent ? 2 : 1)) {
        ({ token } = await this.#request(...this.#message(controlType), token));
      }
      return token;
    } catch (error) {
      this.#greeted = undefined;
      throw error;
    }
  }

  /** Sends messages in the order in which they were given. */
  async #say(controlType, mediaType, content) {
    await this.#inTurn(async () => {
      await this.connect();
      // A message that a browser without a connection did not send is certainly not sent.
      if (globalThis.navigator?.onLine === false) throw new UploadError("network", { retryable: true });
      for (let attempts = 1; ; attempts++) {
        try {
          await this.#call(...this.#message(controlType, mediaType, content));
          break;
        } catch (error) {
          const pauseMs = (error.retryAfter ?? attempts) * 1000;
          if (error.reasonCode !== "overloaded" || attempts === ATTEMPTS || pauseMs > LONGEST_WAIT_MS) throw error;
          await pause(pauseMs);
        }
      }
      this.#pauseMs = 0; // A reply is likely.
    });
  }

  #message(controlType, mediaType = "TEXT", content) {
    const { userId, channelId } = this.#identity;
    const body = { channel: "WEB", controlType, from: userId, to: channelId, mediaType, sourceType: "CUSTOMER", content };
    return [this.#options.call ?? "send", body];
  }

  /** Makes a call in the newest session. One that replaces another begins with CONNECT. */
  #call(path, body, signal) {
    return this.session.call(async (token) => {
      if (this.#isOpen && this.#greeted !== this.#issued) token = await this.#greet(token);
      try {
        return await this.#request(path, body, token, signal);
      } catch (error) {
        if (error.reasonCode !== "ticket_expired") throw error;
        // The session's token remains.
        await (this.#renewal ??= askFor((context) => this.#ask(context), signal).finally(() => (this.#renewal = undefined)));
        return this.#request(path, body, token, signal);
      }
    }, signal);
  }

  async #request(path, body, sent, signal) {
    const isMessage = /^send/.test(path);
    const isDownload = /^down/.test(path);
    const headers = new Headers(this.#options.headers);
    try {
      headers.set("ccmessaging-token", sent);
      if (this.#identity.ticket) headers.set("x-chat-ticket", this.#identity.ticket);
      if (body) headers.set("content-type", "application/json");
      if (isDownload) headers.set("accept", "application/octet-stream");
    } catch { // The browser's message may contain the token.
      throw new UploadError("invalid_request");
    }
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), this.#options.silenceMs ?? TIMEOUT_MS);
    const request = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: silence.signal };
    let response;
    let content;
    try {
      const exchange = async () => {
        response = await fetch(this.#url(path), request);
        content = await response.arrayBuffer();
      };
      await unlessAborted(exchange(), signal, () => silence.abort());
    } catch {
      signal?.throwIfAborted();
      throw new UploadError(isMessage ? "unconfirmed" : silence.signal.aborted ? "timeout" : "network", { retryable: true });
    } finally {
      clearTimeout(timer);
    }
    const { status } = response;
    const header = (name) => response.headers.get(name);
    const mediaType = header("content-type")?.split(";")[0];
    const token = header("ccmessaging-token") ?? sent;
    if (isDownload && status === 200 && !/^(application\/json|text\/html)$/.test(mediaType)) return { content, mediaType, token };
    const responseText = new TextDecoder().decode(content);
    let answer;
    try {
      answer = JSON.parse(responseText);
    } catch {} // a proxy's error page
    if (status === 200 && `${answer?.resultCode ?? answer?.returnCode}` === "0") return { ...answer, token };
    try {
      return read({ status, responseText, getResponseHeader: header }, sent); // It throws, because nothing is stored.
    } catch (error) {
      if (answer?.resultDesc) error.message = answer.resultDesc;
      if (isMessage && !isRefusal(error, answer?.reasonCode)) Object.assign(error, { reasonCode: "unconfirmed", retryable: true });
      throw error;
    }
  }

  async #poll(signal) {
    const { firstPauseMs = 1000, longestPauseMs = 5000, hiddenPauseMs = 60_000 } = this.#options.poll ?? {};
    for (let failures = 0; this.#isOpen; ) {
      let pauseMs;
      try {
        const { userId } = this.#identity;
        const { downlinkMessages } = await this.#call(`poll?${new URLSearchParams({ receiverId: userId, channel: "WEB" })}`, undefined, signal);
        failures = 0;
        if (downlinkMessages?.length) this.#pauseMs = 0;
        pauseMs = this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 1.5 || firstPauseMs);
        this.#update("connected");
        for (const message of downlinkMessages ?? []) this.#receive(message);
      } catch (error) {
        signal.throwIfAborted();
        if (!error.retryable || /^40[13]$/.test(error.status) || error.reasonCode === "session_unavailable") return this.#end(error);
        // Half of each pause is random, so that many pages do not poll at the same moment.
        const backOff = Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** ++failures) * (1 + Math.random()) / 2;
        pauseMs = error.retryAfter * 1000 || backOff;
        this.#update("interrupted", error);
      }
      const isHidden = globalThis.document?.hidden;
      await pause(isHidden ? Math.max(pauseMs, hiddenPauseMs) : pauseMs, signal, isHidden ? "visibilitychange" : "online");
    }
  }

  #receive(raw) {
    const { content, contentType, mediaType, mediaFileType, controlType, sourceType, senderNickname, timestamp } = raw;
    const isEnd = controlType === "DISCONNECT";
    if (controlType !== "READ" && (content || !isEnd)) {
      const isLocal = `${contentType}` === "1";
      const type = (!isLocal && LIBRARY_TYPES[mediaType]) || (mediaFileType ?? "").toLowerCase();
      const isFile = /IMAGE|VIDEO|AUDIO|DOCUMENT|FILE/.test(mediaType);
      const message = {
        from: (sourceType ?? "").toLowerCase(),
        nickname: senderNickname,
        time: new Date(+timestamp || Date.now()),
        text: isFile ? undefined : content ?? "",
        file: isFile ? { id: isLocal ? `local/${content}` : content, type: type === "jpeg" ? "jpg" : type, isLibrary: !isLocal } : undefined,
        raw,
      };
      this.#received.push(message);
      this.#fire("message", message);
      this.#fire("change", this);
    }
    if (isEnd) this.#end();
  }
}

const change = (target) => new Promise((resolve) => target.addEventListener("change", resolve, { once: true }));

/**
 * Whether a message was certainly not received by the contact centre, or refused by it. A 503 proves that only if the
 * gateway or a proxy explains it: API gateways also send one after a timeout.
 */
const isRefusal = ({ status, returnCode }, reasonCode) =>
  (status >= 400 && status < 500) || (status === 200 && returnCode && +returnCode !== 0) || (status === 503 && reasonCode === "overloaded")
  || /^(upstream_unreachable|token_unavailable)$/.test(reasonCode);

/** Creates the customer's side of a chat; see `ChatOptions` in the type declarations. */
export const createChat = (options) => new Chat(options);
