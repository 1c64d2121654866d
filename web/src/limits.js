// The limits and conversions of a gateway, which it returns for a GET of the endpoint.

import { FAMILIES, familyOf } from "./file-types.js";
import { pause, unlessAborted } from "./wait.js";

const TIMEOUT_MS = 3000;
/** The size of an upload beside the file. */
const ENVELOPE_BYTES = '{"fileType":"mp4","channel":"WEB","fileStream":""}'.length;

const responses = new Map();

/**
 * Returns the gateway's limits as `limits` for `precheck`, with the page's `own` over them. Each endpoint is
 * requested once. If it does not respond soon, or is too old to have limits, the result is `own`.
 */
export async function fetchLimits(endpoint, own, signal) {
  const limits = await unlessAborted(Promise.race([limitsOf(endpoint), pause(TIMEOUT_MS)]), signal);
  const all = typeof own === "number" ? Object.fromEntries(FAMILIES.map((family) => [family, own])) : own;
  const defined = Object.entries(all ?? {}).filter(([, value]) => value !== undefined);
  return limits ? { ...limits, ...Object.fromEntries(defined) } : own;
}

/** The gateway's limits, whenever they arrive; undefined if it returns none. */
export function limitsOf(endpoint) {
  if (!responses.has(endpoint)) responses.set(endpoint, request(endpoint));
  return responses.get(endpoint);
}

async function request(endpoint) {
  try {
    const response = await fetch(endpoint, { credentials: "omit" });
    // Older gateways accept only POST.
    return response.status === 405 ? undefined : limitsIn(await response.json());
  } catch {
    responses.delete(endpoint); // It may respond the next time.
    return undefined;
  }
}

function limitsIn({ maxBodyBytes, types, conversions }) {
  const bodyLimit = Math.floor((maxBodyBytes - ENVELOPE_BYTES) / 4) * 3; // The body is Base64.
  const byFamily = types.map(({ fileType, maxBytes }) => [familyOf(fileType), Math.min(maxBytes, bodyLimit)]);
  return {
    ...Object.fromEntries(byFamily),
    conversions,
    /** How to send a file of a declared type, or of none, with content of a detected media type. */
    convert(file, declared, detected) {
      const format = declared ?? file.type.split(";")[0];
      const { fileType = declared } = conversions.find(({ extensions, mediaTypes }) => [...extensions, ...mediaTypes].includes(format)) ?? {};
      // Recorders also give audio the brands of MP4 video.
      const contents = fileType === "aac" && detected === "video/mp4" ? ["audio/mp4"] : [detected];
      const isConverted = conversions.some((known) => known.fileType === fileType && known.mediaTypes.some((mediaType) => contents.includes(mediaType)));
      // The limits apply to the result. A film keeps its size; audio loses its index and its cover picture.
      return { target: fileType, isConverted, limitBytes: isConverted && fileType === "aac" ? bodyLimit : undefined };
    },
  };
}
