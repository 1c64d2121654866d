import type { ReactNode } from "react";

export const metadata = { title: "Chat", icons: { icon: "data:," } };

export default function Layout({ children }: { children: ReactNode }) {
  return <html lang="de"><body>{children}</body></html>;
}
