// All but the element, which element.js defines.

export { createChat } from "./src/chat.js";
export { describeError } from "./src/describe-error.js";
export { acceptOf, fileTypeOf } from "./src/file-types.js";
export { addLanguage, messagesFor } from "./src/language.js";
export { fetchLimits } from "./src/limits.js";
export { DEFAULT_LIMIT_BYTES, precheck } from "./src/precheck.js";
export { shrinkPhoto } from "./src/shrink-photo.js";
export { UploadError } from "./src/upload-error.js";
export { uploadFile } from "./src/upload-file.js";
export { createUploader } from "./src/uploader.js";
