"use client";

import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { createUploader } from "ccmessaging-upload";
import type { UploadFileStreamElement } from "ccmessaging-upload/react";
import "ccmessaging-upload/react";

const uploader = createUploader({ endpoint: "/upload", getToken: async () => "t1" });

export function Attachments() {
  const element = useRef<UploadFileStreamElement>(null);
  const [isDisabled, setDisabled] = useState(true);
  const uploads = useSyncExternalStore(uploader.subscribe, () => uploader.uploads, () => uploader.uploads);
  useEffect(() => {
    element.current!.uploader = uploader;
    setDisabled(false);
  }, []);
  return <>
    <upload-file-stream ref={element} disabled={isDisabled} />
    <ul>{uploads.map(({ id, state, objectKey }) => <li key={id} data-state={state}>{objectKey}</li>)}</ul>
  </>;
}
