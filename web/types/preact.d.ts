// Types of the element in Preact. Importing "ccmessaging-upload/preact" defines the element.

import type { JSX as PreactJSX } from "preact";
import type { UploadFileStreamElement, UploadFileStreamProps } from "../element.js";

export * from "../element.js";

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "upload-file-stream": Omit<PreactJSX.HTMLAttributes<UploadFileStreamElement>, keyof UploadFileStreamProps> & UploadFileStreamProps;
    }
  }
}
