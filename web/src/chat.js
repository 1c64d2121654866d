// The customer's side of a chat: connect, send text and files, receive, download.

import { downloadedFile, messageAbout, parseMessage } from "./chat-message.js";
import { request, urlOf } from "./chat-request.js";
import { fetchToken, SESSION, Session } from "./session.js";
import { UploadError } from "./upload-error.js";
import { createUploader } from "./uploader.js";
import { limiter, nextChange, pause, retryPause, shared, unlessAborted } from "./wait.js";

/** How often a message is sent to a gateway that is overloaded, and the first and the longest pause in between. */
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 10_000;
/** The longest pauses after polls that have failed: by their number, and by `Retry-After`. */
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 300_000;

/** The result of `createChat`. */
class Chat extends EventTarget {
  #options;
  #session;
  #uploader;
  /** The ids and the ticket, of which `getToken` may return new ones. */
  #identity;
  #lastFetchedToken;
  #state = "new";
  #error;
  #hasAgent = false;
  #connecting;
  #disconnecting;
  #polling;
  #pauseMs;
  #received = [];
  #messageQueue = limiter(() => 1);
  #isRotating = false;
  /** If responses replace the token, calls wait for each other: a response may void the token of the others. */
  #callQueue = limiter(() => (this.#isRotating ? 1 : Infinity));
  #fetchSession = shared((abort) => fetchToken({ ...this.#options, getToken: (context) => this.#getToken(context) }, abort));

  constructor(options) {
    super();
    this.#options = options;
    this.#identity = { userId: options.userId, channelId: options.channelId };
    const onToken = (token) => {
      this.#isRotating ||= token !== this.#lastFetchedToken;
      options.onToken?.(token);
    };
    this.#session = new Session({ token: options.token, onToken }, (abort) => this.#renewSession(abort));
  }

  /** Runs `call` with the newest token, also for the uploads of this chat. */
  get [SESSION]() {
    return { call: (call, signal) => this.#callQueue(() => this.#session.call(call, signal)) };
  }

  get state() {
    return this.#state;
  }

  get error() {
    return this.#error;
  }

  get token() {
    return this.#session.token;
  }

  set token(token) {
    this.#session.token = token;
  }

  get endpoint() {
    return urlOf(this.#options, "uploadFileStream");
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
    await this.#sendMessage("TRANS2AGENT");
    this.#hasAgent = true;
  }

  /** Sends a text of at most 1 KB. */
  sendText(text) {
    return this.#sendMessage("CHAT", "TEXT", text);
  }

  /** Uploads a file and sends it. If it was stored but not sent, the error has its `objectKey`. */
  async sendFile(file, { signal } = {}) {
    signal?.throwIfAborted();
    const { uploader } = this;
    let skipped;
    const onSkipped = ({ detail }) => (skipped = detail.reasonCode);
    uploader.addEventListener("skipped", onSkipped);
    const [upload] = uploader.add([file]);
    uploader.removeEventListener("skipped", onSkipped);
    if (!upload) throw new UploadError(skipped);
    const ended = async () => {
      while (upload.isUnfinished) await nextChange(uploader);
    };
    await unlessAborted(ended(), signal, upload.cancel);
    const sent = { ...upload };
    if (sent.state !== "stored") throw sent.error ?? new DOMException("cancelled", "AbortError");
    upload.remove();
    return sent;
  }

  /** Sends the message about a stored file. */
  async sendStored(upload) {
    const { call, contentOf } = this.#options;
    const { mediaType, content } = contentOf?.(upload) ?? messageAbout(upload, call);
    try {
      await this.#sendMessage("CHAT", mediaType, content);
    } catch (error) {
      throw Object.assign(error, { objectKey: upload.objectKey });
    }
  }

  /** All messages since the chat was created, and those to come until it ends. */
  async *messages() {
    for (let at = 0; ; at++) {
      while (at === this.#received.length) {
        if (this.#state === "ended" && this.#error) throw this.#error;
        if (this.#state === "ended") return;
        await nextChange(this);
      }
      yield this.#received[at];
    }
  }

  /** Downloads the file of a message as a File, whose type is one that a page may show, or else unknown. */
  async download({ file }, { signal } = {}) {
    const body = { fileId: file.id, fileType: file.type, channel: "WEB", multiMedia: file.isLibrary ? "multiMedia" : undefined };
    return downloadedFile(file, await this.#call("downloadFileStream", body, signal));
  }

  /** Ends the chat. */
  disconnect() {
    return (this.#disconnecting ??= this.#disconnect().finally(() => (this.#disconnecting = undefined)));
  }

  async #disconnect() {
    await this.#connecting?.catch(() => {}); // It may be under way.
    if (!this.#isOpen) return;
    this.#polling.abort();
    await this.#sendMessage("DISCONNECT").finally(() => this.#end());
  }

  get #isOpen() {
    return /^(connected|interrupted)$/.test(this.#state);
  }

  #update(state, error) {
    const isChanged = state !== this.#state;
    this.#state = state;
    this.#error = error;
    if (isChanged) this.#fire("change", this);
  }

  #fire(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Gets a token from the page, and adopts the ids and the ticket that it may have. */
  async #getToken(context) {
    const session = await this.#options.getToken?.(context);
    context.signal.throwIfAborted(); // A late response is not adopted.
    if (typeof session !== "object") return session;
    Object.assign(this.#identity, session);
    return session?.token;
  }

  /** A session that replaces another one begins with CONNECT, for which all calls wait. */
  async #renewSession({ signal }) {
    const token = (this.#lastFetchedToken = await this.#fetchSession(signal));
    return this.#isOpen ? this.#openChat(token, signal) : token;
  }

  async #connect() {
    this.#update("connecting");
    try {
      await this[SESSION].call(async (token) => ({ token: await this.#openChat(token) }));
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
  async #openChat(token, signal) {
    for (const controlType of ["CONNECT", "TRANS2AGENT"].slice(0, this.#hasAgent ? 2 : 1)) {
      ({ token } = await this.#request(...this.#message(controlType), token, signal));
    }
    return token;
  }

  /** Sends messages in the order in which they were given. */
  #sendMessage(controlType, mediaType, content) {
    return this.#messageQueue(async () => {
      await this.connect();
      // A message that a browser without a connection did not send is certainly not sent.
      if (globalThis.navigator?.onLine === false) throw new UploadError("network", { retryable: true });
      for (let failures = 0; ; ) {
        try {
          await this.#call(...this.#message(controlType, mediaType, content));
          break;
        } catch (error) {
          const pauseMs = retryPause(error, failures, FIRST_WAIT_MS, LONGEST_WAIT_MS);
          if (error.reasonCode !== "overloaded" || ++failures === ATTEMPTS || pauseMs > LONGEST_WAIT_MS) throw error;
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

  /** Makes a call in the newest session. */
  #call(path, body, signal) {
    return this[SESSION].call(async (token) => {
      try {
        return await this.#request(path, body, token, signal);
      } catch (error) {
        if (error.reasonCode !== "ticket_expired") throw error;
        await this.#fetchSession(signal); // for its ticket; the session's token remains
        return this.#request(path, body, token, signal);
      }
    }, signal);
  }

  #request(path, body, token, signal) {
    return request(this.#options, { path, body, token, ticket: this.#identity.ticket, signal });
  }

  async #poll(signal) {
    const { firstPauseMs = 1000, longestPauseMs = 5000, hiddenPauseMs = 60_000 } = this.#options.poll ?? {};
    for (let failures = 0; this.#isOpen; ) {
      let pauseMs;
      try {
        const { userId } = this.#identity;
        const { downlinkMessages } = await this.#call(`poll?${new URLSearchParams({ receiverId: userId, channel: "WEB" })}`, undefined, signal);
        failures = 0;
        const messages = Array.isArray(downlinkMessages) ? downlinkMessages : [];
        if (messages.length) this.#pauseMs = 0;
        pauseMs = this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 1.5 || firstPauseMs);
        this.#update("connected");
        for (const message of messages) this.#receive(message);
      } catch (error) {
        signal.throwIfAborted();
        if (!error.retryable || /^40[13]$/.test(error.status) || error.reasonCode === "session_unavailable") return this.#end(error);
        // Browsers would run a timer of more than 2^31 ms at once.
        pauseMs = Math.min(retryPause(error, ++failures, firstPauseMs, LONGEST_PAUSE_MS), LONGEST_RETRY_AFTER_MS);
        this.#update("interrupted", error);
      }
      const isHidden = globalThis.document?.hidden;
      await pause(isHidden ? Math.max(pauseMs, hiddenPauseMs) : pauseMs, signal, isHidden ? "visibilitychange" : "online");
    }
  }

  #receive(raw) {
    let message;
    try {
      message = parseMessage(raw);
    } catch {
      return; // A malformed message does not prevent the others.
    }
    const { content, controlType } = raw;
    const isEnd = controlType === "DISCONNECT";
    if (controlType !== "READ" && (content || !isEnd)) {
      this.#received.push(message);
      this.#fire("message", message);
      this.#fire("change", this);
    }
    if (isEnd) this.#end();
  }
}

/** Creates the customer's side of a chat; see `ChatOptions` in the type declarations. */
export const createChat = (options) => new Chat(options);
