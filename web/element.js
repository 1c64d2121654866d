// Defines <upload-file-stream>.

import { UploadFileStreamElement } from "./src/element/element.js";

export { addLanguage } from "./src/language.js";
export { UploadFileStreamElement };

// Servers have no registry, and a page may load the module twice, from two addresses.
const registry = globalThis.customElements;
if (registry && !registry.get("upload-file-stream")) registry.define("upload-file-stream", UploadFileStreamElement);
