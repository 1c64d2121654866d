// Types of the element.

import type { Chat, FileType, StoredUpload, Upload, Uploader } from "./index.js";

export { addLanguage } from "./index.js";

/** The properties that are attributes too. */
export interface UploadFileStreamAttributes {
  /** The URL of uploadFileStream on the gateway. */
  endpoint: string;
  /** Responds to a POST with `{"token": "..."}`. */
  tokenUrl: string;
  /** The field's name in its form. */
  name: string;
  disabled: boolean;
  required: boolean;
  /** Shows files before they are sent. */
  review: boolean;
  /** A paperclip instead of the drop zone; the chat's own input goes into the element. */
  compact: boolean;
  /** Converts photos that are too large, or HEIC, AVIF or WebP, into JPGs. */
  shrinkPhotos: boolean;
  /** A button that opens the camera, on phones. */
  camera: boolean;
  /** A button that records a voice message, if the browser can record AAC in MP4. */
  voice: boolean;
  /** Names the unfinished files after a reload. */
  remember: boolean;
  /** Accepts what is dropped on or pasted into the page. */
  wholePage: boolean;
  /** A CSS selector of a further element that accepts drops and pastes, such as the chat. */
  area: string;
  maxFiles: number | undefined;
  maxImageBytes: number | undefined;
  maxAudioBytes: number | undefined;
  maxVideoBytes: number | undefined;
  maxTextBytes: number | undefined;
}

/** `<upload-file-stream>`. */
export class UploadFileStreamElement extends HTMLElement implements UploadFileStreamAttributes {
  endpoint: string;
  tokenUrl: string;
  name: string;
  disabled: boolean;
  required: boolean;
  review: boolean;
  compact: boolean;
  shrinkPhotos: boolean;
  camera: boolean;
  voice: boolean;
  remember: boolean;
  wholePage: boolean;
  area: string;
  get maxFiles(): number | undefined;
  set maxFiles(value: number | string | null | undefined);
  get maxImageBytes(): number | undefined;
  set maxImageBytes(value: number | string | null | undefined);
  get maxAudioBytes(): number | undefined;
  set maxAudioBytes(value: number | string | null | undefined);
  get maxVideoBytes(): number | undefined;
  set maxVideoBytes(value: number | string | null | undefined);
  get maxTextBytes(): number | undefined;
  set maxTextBytes(value: number | string | null | undefined);
  /** The accepted types. */
  get types(): readonly FileType[];
  set types(value: readonly FileType[] | string | null);
  /** More headers of the uploads. */
  headers: HeadersInit | undefined;
  /** The queue behind the element. A page may set another one, which outlives the element. */
  uploader: Uploader;
  /** Gets a session token; by default by a POST to `token-url`. */
  getToken: (options: { signal: AbortSignal }) => string | undefined | Promise<string | undefined>;
  /** As of `createUploader`. */
  beforeAdd?: (file: File, options: { signal: AbortSignal }) => File | boolean | void | Promise<File | boolean | void>;
  /** A chat, which then sends what is uploaded, with its own session: `endpoint` and `token-url` are not needed. */
  chat?: Chat;
  /** The object keys of the stored files, with commas between them. Only "" can be set, which removes all. */
  value: string;
  readonly form: HTMLFormElement | null;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  checkValidity(): boolean;
  reportValidity(): boolean;
  addEventListener<Type extends keyof UploadFileStreamElementEventMap>(type: Type, listener: (this: UploadFileStreamElement, event: UploadFileStreamElementEventMap[Type]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Type extends keyof UploadFileStreamElementEventMap>(type: Type, listener: (this: UploadFileStreamElement, event: UploadFileStreamElementEventMap[Type]) => unknown, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** Fired when an upload gets into a state, or makes progress. They bubble. */
export interface UploadEvents {
  "upload-waiting": CustomEvent<Upload>;
  "upload-ready": CustomEvent<Upload>;
  "upload-preparing": CustomEvent<Upload>;
  "upload-uploading": CustomEvent<Upload>;
  "upload-progress": CustomEvent<Upload>;
  "upload-offline": CustomEvent<Upload>;
  "upload-retrying": CustomEvent<Upload>;
  "upload-stored": CustomEvent<StoredUpload>;
  "upload-refused": CustomEvent<Upload>;
  "upload-failed": CustomEvent<Upload>;
  "upload-cancelled": CustomEvent<Upload>;
  "upload-removed": CustomEvent<Upload>;
}

/** All events of the element itself. */
export interface UploadFileStreamEvents extends UploadEvents {
  /** The session has a new token. It does not bubble. */
  token: CustomEvent<string>;
}

export interface UploadFileStreamElementEventMap extends HTMLElementEventMap, UploadFileStreamEvents {}

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : Name;

/** The element's props in a framework's template: attributes, properties, and listeners. */
export type UploadFileStreamProps = Partial<
  UploadFileStreamAttributes & Pick<UploadFileStreamElement, "headers" | "uploader" | "getToken" | "beforeAdd" | "chat" | "value">
  & { types: readonly FileType[] | string; lang: string; [data: `data-${string}`]: unknown }
  & { [Name in keyof UploadFileStreamAttributes as Kebab<Name>]: UploadFileStreamAttributes[Name] | string }
  & { [Type in keyof UploadFileStreamEvents as `on${Type}`]: (event: UploadFileStreamEvents[Type]) => void }
>;

declare global {
  interface HTMLElementTagNameMap {
    "upload-file-stream": UploadFileStreamElement;
  }
  interface GlobalEventHandlersEventMap extends UploadEvents {}
}
