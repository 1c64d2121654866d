// Types of the chat.

import type { FileType, StoredUpload, TypedEventTarget, Uploader, UploaderOptions } from "../index.js";

/** The response of the page's backend: the session's token, and where the gateway needs one, the ticket. */
export interface ChatSession {
  token: string;
  ticket?: string;
  userId?: string;
  channelId?: string;
}

export interface ChatOptions {
  /** The gateway's URL, such as `https://gateway.example.com`; "" for the page's own origin. */
  baseUrl: string;
  /**
   * Gets a session token, and a ticket where the gateway needs one: when the chat begins, and whenever one of
   * them has expired. Errors are handled as in `UploaderOptions.getToken`.
   */
  getToken: (options: { signal: AbortSignal }) => string | ChatSession | undefined | Promise<string | ChatSession | undefined>;
  /** The customer's id of 1 to 24 characters, unless `getToken` returns it. */
  userId?: string;
  /** The id of the channel's configuration, unless `getToken` returns it. */
  channelId?: string;
  /** Called with each new token. */
  onToken?: (token: string) => void;
  /** The time limit of `getToken` in milliseconds: 20,000 by default. */
  tokenTimeoutMs?: number;
  /** The time limit of a call in milliseconds, but not of an upload: 30,000 by default. */
  callTimeoutMs?: number;
  /** More request headers. */
  headers?: HeadersInit;
  /** Options of the chat's own uploader. */
  upload?: Omit<UploaderOptions, "endpoint" | "chat" | "token" | "getToken" | "onToken">;
  /** Pauses between polls in milliseconds: 1,000 after a message, up to 5,000 without one, 60,000 while the page is hidden. */
  poll?: { firstPauseMs?: number; longestPauseMs?: number; hiddenPauseMs?: number };
  /** The call that sends messages: `send` by default. */
  call?: "send" | "sendAsync";
  /** The message about a stored file, where the contact centre expects another than the documented one. */
  contentOf?: (upload: SentFile) => { mediaType: string; content: string } | undefined;
}

/** A stored file. */
export interface SentFile {
  objectKey: string;
  fileType: FileType;
  file: { name: string; size: number };
}

/** A file of the other side. */
export interface ChatFile {
  id: string;
  /** The `fileType` of the download, such as `pdf`. */
  type: string;
  /** Whether it is of the multimedia library. */
  isLibrary: boolean;
}

/** A message of the other side: a text, which is shown as text and never as markup, or a file. */
export type ChatMessage = {
  from: "agent" | "robot" | "system" | (string & {});
  nickname?: string;
  time: Date;
  /** The message as it was received. */
  raw: Record<string, unknown>;
} & ({ text: string; file?: undefined } | { text?: undefined; file: ChatFile });

/** `interrupted`: polls are failing; retrying. */
export type ChatState = "new" | "connecting" | "connected" | "interrupted" | "ended";

export interface ChatEvents {
  message: CustomEvent<ChatMessage>;
  /** A new state or message. */
  change: CustomEvent<Chat>;
}

/** The customer's side of a chat. Its methods reject with an `UploadError`, or if aborted, the signal's reason. */
export interface Chat extends TypedEventTarget<ChatEvents> {
  readonly state: ChatState;
  /** Why it has ended, or is interrupted. */
  readonly error: Error | undefined;
  /** The URL of its uploads. */
  readonly endpoint: string;
  /** The session's newest token. Set it when another call of the page gets a new one. */
  token: string | undefined;
  /** The queue of `sendFile`. */
  readonly uploader: Uploader;
  /** Starts the chat, unless it is under way; the methods that send do it too. */
  connect(): Promise<void>;
  /** Asks for a person instead of the robot. */
  requestAgent(): Promise<void>;
  /** Sends a text of at most 1 KB. */
  sendText(text: string): Promise<void>;
  /**
   * Uploads a file, sends it, and resolves to a copy of its upload. Where it was stored but not sent, the error has its
   * `objectKey`, and the upload stays in `uploader.uploads`: its `retry()` only sends the message. Rejects with `duplicate`
   * or `too_many_files` if the options of the uploader leave the file out.
   */
  sendFile(file: File, options?: { signal?: AbortSignal }): Promise<Readonly<StoredUpload>>;
  /** Sends the message about a stored file. */
  sendStored(file: SentFile): Promise<void>;
  /**
   * Downloads the file of a message. Its `type` is JPG, PNG, BMP, MP3, AAC, MP4, text, CSV, PDF, DOCX or ZIP by its
   * content, or else `application/octet-stream`.
   */
  download(message: { file: ChatFile }, options?: { signal?: AbortSignal }): Promise<File>;
  /** All messages since the chat was created, and those to come until it ends. Throws if it ends with an error. */
  messages(): AsyncGenerator<ChatMessage, void>;
  /** Ends the chat. */
  disconnect(): Promise<void>;
}

/** Creates the customer's side of a chat. */
export function createChat(options: ChatOptions): Chat;
