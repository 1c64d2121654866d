// Defines <upload-file-stream>.

import { UploadFileStreamElement } from "./src/element/element.js";

export { addLanguage } from "./src/language.js";
export { UploadFileStreamElement };

// A page may load the module twice, from two addresses.
if (!customElements.get("upload-file-stream")) customElements.define("upload-file-stream", UploadFileStreamElement);
