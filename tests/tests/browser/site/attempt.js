// How a page of another site uses the package: one upload, and all that it learns of the answer.

import { UploadError, uploadFile } from "/ccmessaging-upload/index.js";

export async function attempt(gateway, token, name, content) {
  const endpoint = `${gateway}/apiaccess/ccmessaging/uploadFileStream`;
  try {
    return await uploadFile(new File([content], name), { endpoint, token });
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    return { ...error, message: error.message, token: error.token };
  }
}
