// The element in JSX, compiled once for each framework by the test; PACKAGE stands for its subpath.

import type { UploadFileStreamElement } from "ccmessaging-upload/PACKAGE";
import { createUploader } from "ccmessaging-upload";

const uploader = createUploader({ endpoint: "/upload", getToken: async () => "t" });

export const attachments = (
  <upload-file-stream
    endpoint="/upload" token-url="/token" types="jpg png" max-files="3" disabled={false} shrink-photos review
    uploader={uploader} headers={{ "x-app-key": "key" }} lang="fr" class="chat" data-testid="upload"
    onupload-stored={({ detail }: CustomEvent<{ objectKey?: string }>) => console.log(detail.objectKey)}
  >
    <textarea />
  </upload-file-stream>
);

// @ts-expect-error: no number
export const wrong = <upload-file-stream endpoint={5} />;

export const element = (found: UploadFileStreamElement) => found.uploader.uploads[0]?.state;
