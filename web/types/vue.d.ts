// Types of the element in Vue 3, in templates and in JSX. Importing "ccmessaging-upload/vue" defines the element.

import type { DefineComponent, HTMLAttributes, ReservedProps } from "vue";
import type { UploadFileStreamEvents, UploadFileStreamProps } from "../element.js";

export * from "../element.js";

type Listeners = { [Type in keyof UploadFileStreamEvents as Type extends `upload-${infer State}` ? `onUpload${Capitalize<State>}` : "onToken"]?: (event: UploadFileStreamEvents[Type]) => void };
type Props = UploadFileStreamProps & Listeners & Omit<HTMLAttributes, keyof UploadFileStreamProps>;

declare module "vue" {
  interface GlobalComponents {
    "upload-file-stream": DefineComponent<Props>;
  }
}

declare module "vue/jsx-runtime" {
  namespace JSX {
    interface IntrinsicElements {
      "upload-file-stream": Props & ReservedProps & { children?: unknown };
    }
  }
}
