// Types of the element in React 18 and 19. Importing "ccmessaging-upload/react" defines the element.

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { UploadFileStreamElement, UploadFileStreamProps } from "../element.js";

export * from "../element.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "upload-file-stream": Omit<DetailedHTMLProps<HTMLAttributes<UploadFileStreamElement>, UploadFileStreamElement>, keyof UploadFileStreamProps>
        & UploadFileStreamProps;
    }
  }
}
