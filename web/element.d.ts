// Types of the element.

import type { Upload, Uploader } from "./index.js";

export { addLanguage } from "./index.js";

/** `<upload-file-stream>`. */
export class UploadFileStreamElement extends HTMLElement {
  /** The queue behind the element. */
  readonly uploader: Uploader;
  /** Gets a session token; by default a POST to `token-url`. A page may set its own. */
  getToken: () => string | Promise<string>;
  /** More headers of the uploads. */
  headers?: HeadersInit;
}

/** Fired when an upload gets into a state. They bubble. */
interface UploadEvents {
  "upload-waiting": CustomEvent<Upload>;
  "upload-preparing": CustomEvent<Upload>;
  "upload-uploading": CustomEvent<Upload>;
  "upload-offline": CustomEvent<Upload>;
  "upload-retrying": CustomEvent<Upload>;
  "upload-stored": CustomEvent<Upload>;
  "upload-refused": CustomEvent<Upload>;
  "upload-failed": CustomEvent<Upload>;
  "upload-cancelled": CustomEvent<Upload>;
  "upload-removed": CustomEvent<Upload>;
  /** The session has a new token. It does not bubble. */
  token: CustomEvent<string>;
}

declare global {
  interface HTMLElementTagNameMap {
    "upload-file-stream": UploadFileStreamElement;
  }
  interface HTMLElementEventMap extends UploadEvents {}
}
