// Reads paths from standard input and prints the media type that file-type finds for each, or `-`.
import { createInterface } from 'node:readline';
import { fileTypeFromFile } from 'file-type';

for await (const path of createInterface({ input: process.stdin })) {
  // It throws an error for some damaged files, which it has not recognised then.
  const type = await fileTypeFromFile(path).catch(() => undefined);
  console.log(type?.mime ?? '-');
}
