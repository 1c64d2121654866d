import { useState } from "react";
import { createRoot } from "react-dom/client";
import type { Upload } from "ccmessaging-upload";
import "ccmessaging-upload/react";

function Chat() {
  const [keys, setKeys] = useState<string[]>([]);
  const onStored = ({ detail }: CustomEvent<Upload>) => setKeys((keys) => [...keys, detail.objectKey ?? ""]);
  return <>
    <upload-file-stream endpoint="/upload" getToken={async () => "t1"} types={["txt"]} disabled={false} onupload-stored={onStored} />
    <ul>{keys.map((key) => <li key={key} data-state="stored">{key}</li>)}</ul>
  </>;
}

createRoot(document.querySelector("main")!).render(<Chat />);
