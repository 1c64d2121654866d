// Types of all but the element.

import type { Chat } from "./types/chat.js";

export type { Chat, ChatEvents, ChatFile, ChatMessage, ChatOptions, ChatSession, ChatState, SentFile } from "./types/chat.js";
export { createChat } from "./types/chat.js";

/** A file type of the API. */
export type FileType = "jpg" | "png" | "bmp" | "mp3" | "aac" | "mp4" | "txt" | "csv";

/** The largest file in bytes: for all, or for each family (the gateway's `MAX_..._BYTES`, by default 4,718,592). */
export type Limits = number | { image?: number; audio?: number; video?: number; text?: number } | GatewayLimits;

/** A format that the gateway converts to a type of the API. */
export interface Conversion {
  from: string;
  extensions: readonly string[];
  mediaTypes: readonly string[];
  fileType: FileType;
}

/** The limits and conversions of a gateway. */
export interface GatewayLimits {
  image: number;
  audio: number;
  video: number;
  text: number;
  conversions: readonly Conversion[];
}

/** Asks the gateway for its limits, once for each endpoint; undefined if it does not respond within 3 seconds, or is older. */
export function fetchLimits(endpoint: string): Promise<GatewayLimits | undefined>;

/** The gateway's own default limit: 4,718,592 bytes. */
export const DEFAULT_LIMIT_BYTES: number;

/** The `fileType` of a file: by its extension or else its media type; an unknown extension stays as it is. */
export function fileTypeOf(file: { name?: string; type?: string }): string | undefined;

/** The value of `<input accept>` for these types, and for what `shrinkPhotos` or the gateway converts to them. */
export function acceptOf(types: readonly FileType[], options?: { shrinkPhotos?: boolean; conversions?: readonly Conversion[] }): string;

export interface PrecheckOptions {
  /** The declared type: by default `fileTypeOf(file)`. */
  fileType?: string;
  /** The accepted types: by default all. */
  types?: readonly FileType[];
  limits?: Limits;
  /** The URL of uploadFileStream: before a file is rejected, the gateway is asked for its limits and conversions. */
  endpoint?: string;
  signal?: AbortSignal;
}

/**
 * Rejects if the gateway would certainly reject the file, judging by its name, its size and its first 512
 * bytes: `empty_file`, `unreadable_file`, `unsupported_type`, `content_mismatch` or `too_large`. Resolves to the
 * type to send it as: `mp4` for a `.mov` that the gateway converts.
 * @throws {UploadError}
 */
export function precheck(file: Blob, options?: PrecheckOptions): Promise<FileType>;

export interface UploadOptions extends PrecheckOptions {
  /** The URL of uploadFileStream on the gateway. */
  endpoint: string;
  /** The session's newest `ccmessaging-token`. */
  token: string;
  /** `WEB` by default, the only documented one. */
  channel?: string;
  /** More request headers. */
  headers?: HeadersInit;
  /** Called as the body is sent, which is a third larger than the file. */
  onProgress?: (event: ProgressEvent) => void;
  /** The longest time without progress or a response, in milliseconds: 120,000 by default. */
  silenceMs?: number;
}

export interface Stored {
  objectKey: string;
  /** The token to use from now on: the sent one, or the one that the response replaced it by. */
  token: string;
}

/**
 * Checks a file and uploads it.
 * @throws {UploadError} or, if aborted, the signal's reason
 */
export function uploadFile(file: Blob, options: UploadOptions): Promise<Stored>;

/** Details of the reason; each is set only if it is known. */
export interface ErrorDetails {
  /** The declared type. */
  declared?: string;
  /** The media type that the content has. */
  detected?: string;
  limitBytes?: number;
  actualBytes?: number;
  limitCharacters?: number;
  /** The field of the request. */
  field?: string;
  /** The position in the request, in bytes. */
  position?: number;
}

/** Why a file was not uploaded. */
export class UploadError extends Error {
  constructor(reasonCode: string, facts?: { message?: string; token?: string; cause?: unknown } & Partial<UploadErrorFacts>);
  /** The gateway's reason, or one of this package's own. */
  readonly reasonCode: string;
  readonly details: ErrorDetails;
  /** The response's status; 0 without one. */
  readonly status: number;
  /** The API's code, where the response has one. */
  readonly returnCode?: string;
  /** The response's `x-request-id`. */
  readonly requestId?: string;
  /** Seconds to wait, by the response's `Retry-After`. */
  readonly retryAfter?: number;
  /** Whether the same file may pass if it is sent once more. */
  readonly retryable: boolean;
  /** The key of a file that was stored, but that the chat did not send. */
  readonly objectKey?: string;
  /** The token to use from now on. Not enumerable, so that logs leave it out. */
  token?: string;
}

type UploadErrorFacts = Pick<UploadError, "details" | "status" | "returnCode" | "requestId" | "retryAfter" | "retryable">;

/**
 * A JPG of at most `limitBytes`, upright and without the original's metadata, such as place and camera.
 * @throws {UploadError} `undecodable_photo` where this browser cannot decode it, or `too_large`
 */
export function shrinkPhoto(file: File, options: { limitBytes: number; signal?: AbortSignal }): Promise<File>;

export interface UploaderOptions extends Omit<UploadOptions, "token" | "fileType" | "signal" | "onProgress"> {
  /** The session's token, where the page has one already. */
  token?: string;
  /**
   * Gets a session token if there is none or the newest was rejected; never called twice at once. Throw
   * an `UploadError("session_unavailable")`, or return nothing, if the customer has no session; anything else
   * that is thrown means that the source cannot be reached. The signal aborts after the time limit, or when all waiting uploads are cancelled.
   */
  getToken?: (options: { signal: AbortSignal }) => string | undefined | Promise<string | undefined>;
  /** The time limit of `getToken` in milliseconds: 20,000 by default. */
  tokenTimeoutMs?: number;
  /** Called with each new token, for the chat's other calls. */
  onToken?: (token: string) => void;
  /** A chat, whose session the uploads use, and which sends a message about each: then it is `stored`. */
  chat?: Chat;
  /** How many are sent at once: 1 by default, because a response may void the token of the others. */
  concurrency?: number;
  /** Makes photos that are too large or of another format, such as HEIC, into JPGs that can be sent. */
  shrinkPhotos?: boolean;
  /** Shows files before they are sent: each waits in the state `ready` for `send()`. */
  review?: boolean;
  /** The largest number of uploads at a time, without refused and cancelled ones. */
  maxFiles?: number;
  /** Leaves out files that are in the list already; one that was refused or has failed replaces the older. */
  skipDuplicates?: boolean;
  /**
   * Decides about each added file: returns another file to send in its place, or false to drop it. To
   * reject it, throw an `UploadError("rejected", { message })`, whose message is shown. Files that were added
   * later wait for it, because all are sent in the order in which they were added.
   */
  beforeAdd?: (file: File, options: { signal: AbortSignal }) => File | boolean | void | Promise<File | boolean | void>;
  /** How often a file is sent after faults that may pass. `Retry-After` counts more than the pauses. */
  retry?: { attempts?: number; firstPauseMs?: number; longestPauseMs?: number };
}

export type UploadState =
  | "waiting"
  /** Waits for `send()`, with `review`. */
  | "ready"
  | "preparing"
  | "uploading"
  /** Waits for the connection. */
  | "offline"
  /** Pauses after a fault. */
  | "retrying"
  | "stored"
  /** The file cannot be taken as it is. */
  | "refused"
  /** The same file may pass later. */
  | "failed"
  | "cancelled"
  | "removed";

interface UploadBase {
  /** Unique in the page; the same in all copies. */
  readonly id: number;
  /** The added file. */
  readonly original: File;
  /** The file that is sent: the original, a smaller copy, or what `beforeAdd` has returned. */
  readonly file: File;
  /** The sent part, from 0 to 1. */
  readonly progress: number;
  /** Set when it was refused or has failed, and while it waits to be retried. */
  readonly error?: UploadError;
  /** When it is, or can be, tried again: milliseconds since 1970, if the server has said so. */
  readonly retryAt?: number;
  /** The type that a refused file really has, if that is accepted. */
  readonly detectedType?: FileType;
  readonly isUnfinished: boolean;
  /** Whether `retry` sends it again: it was refused, has failed, or was cancelled. */
  readonly isRepeatable: boolean;
  cancel(): void;
  retry(): void;
  /** Sends it, if it is `ready`. */
  send(): void;
  /** Sends a refused file under another type. */
  sendAs(fileType: FileType): void;
  /** Ends it and removes it from the list. */
  remove(): void;
}

export interface StoredUpload extends UploadBase {
  readonly state: "stored";
  readonly fileType: FileType;
  readonly objectKey: string;
}

export interface UnstoredUpload extends UploadBase {
  readonly state: Exclude<UploadState, "stored">;
  readonly fileType: string | undefined;
  /** Set if it is stored, but the chat did not send it, or if it was removed later. */
  readonly objectKey?: string;
}

/** An upload: its properties change, but those of a frozen copy in `Uploader.uploads` do not. */
export type Upload = StoredUpload | UnstoredUpload;

/** An `EventTarget` whose events are known. */
export interface TypedEventTarget<Events> extends EventTarget {
  addEventListener<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

export interface UploaderEvents {
  change: CustomEvent<Upload>;
  /** Files that `add` has left out. */
  skipped: CustomEvent<{ reasonCode: "duplicate" | "too_many_files"; files: File[] }>;
}

export interface Uploader extends TypedEventTarget<UploaderEvents> {
  readonly options: UploaderOptions;
  /** Frozen copies of all uploads: the same array until one of them changes, as stores expect it. */
  readonly uploads: readonly Readonly<Upload>[];
  /** The session's newest token. Set it when another call of the chat gets a new one. */
  token: string | undefined;
  add(files: Iterable<File> | ArrayLike<File>): Upload[];
  /** Sends what is `ready`; resolves to all uploads when none is under way. */
  send(): Promise<readonly Readonly<Upload>[]>;
  /** Retries all that failed or were cancelled. */
  retryAll(): void;
  /** Removes all that have ended. */
  clear(): void;
  /** Removes all. */
  close(): void;
  /** Calls a listener after each change; returns a function that ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** A queue of uploads in one chat session. */
export function createUploader(options: UploaderOptions): Uploader;

/** A text, or its plural forms by `Intl.PluralRules`, of which `other` is always there. */
export type Text = string | ({ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

export interface Messages {
  /** A BCP 47 tag. */
  language: string;
  direction: "ltr" | "rtl";
  /** By reason code; see `messages/en.js`. */
  reasons: Record<string, Text>;
  advice: Record<string, Text>;
  labels: Record<string, Text>;
}

/** The messages in a language (BCP 47) or a variety of it, or in English. */
export function messagesFor(language?: string): Promise<Messages>;

/** Adds a language, or replaces one. Texts that it lacks are shown in English. Elements follow at once. */
export function addLanguage(messages: Pick<Messages, "language" | "direction"> & Partial<Messages>): void;

export interface DescribeOptions {
  /** Whether the sentence begins with the file's name: by default if it has one. */
  isNamed?: boolean;
  /** Whether it says what to do with a file of another type: true by default. */
  hasAdvice?: boolean;
  /** The remaining seconds of the error's `retryAfter`. */
  retryAfter?: number;
}

/** Describes in the messages' language why a file, or without one a message, was not sent, and what to do about it. */
export function describeError(
  error: UploadError,
  file: { name: string; size: number; type: string } | undefined,
  messages: Messages,
  types?: readonly FileType[],
  options?: DescribeOptions,
): string;
