// Defines <upload-file-stream>.

import { UploadFileStreamElement } from "./src/element/element.js";

export { addLanguage } from "./src/language.js";
export { UploadFileStreamElement };

customElements.define("upload-file-stream", UploadFileStreamElement);
