import { Attachments } from "./attachments";

export default function Page() {
  return <main><h1>Chat</h1><Attachments /></main>;
}
