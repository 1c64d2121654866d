// A small picture of a file. It is loaded with the first file.

import { familyOf } from "../file-types.js";
import { adoptSheet, h, icon, sheetOf } from "./dom.js";

const SHEET = sheetOf(`
[part=thumbnail] svg { stroke-width: 1.5; }
img, canvas { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
`);

const PAGE = "M7 3h7l4 4v14H7z";
const KINDS = {
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4m-5-7v.01",
  audio: "M9 17V6l10-2v11M9 17a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0m10-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0",
  video: "M4 6h11v12H4zm11 5 5-3v8l-5-3",
  text: `${PAGE}m3 9h5m-5 4h5`,
};
const OTHER = `${PAGE}m7 0v4h4`;

/** A larger file may take more memory to draw than a phone has. */
const LARGEST_BYTES = 20e6;
/** Twice the size at which it is shown. */
const PIXELS = 112;

/** Draws the picture, a frame of the video, or an icon of the kind of file. */
export function drawThumbnail(container, { original, fileType }) {
  const [family] = original.type.split("/");
  adoptSheet(container, SHEET);
  container.prepend(icon(KINDS[familyOf(fileType)] ?? OTHER));
  if (!/image|video/.test(family) || original.size > LARGEST_BYTES) return;
  const src = URL.createObjectURL(original);
  const done = () => URL.revokeObjectURL(src);
  const show = (picture) => container.append(picture);
  if (family === "image") {
    const image = h("img", { alt: "", decoding: "async", src, onerror: done, onload: () => (show(image), done()) });
    return;
  }
  const video = h("video", { muted: "", playsinline: "", preload: "auto", onerror: done, onseeked: () => {
    const canvas = h("canvas", { width: PIXELS, height: PIXELS });
    const { videoWidth, videoHeight } = video;
    const scale = PIXELS / Math.min(videoWidth, videoHeight);
    const [width, height] = [videoWidth * scale, videoHeight * scale];
    canvas.getContext("2d").drawImage(video, (PIXELS - width) / 2, (PIXELS - height) / 2, width, height);
    show(canvas);
    done();
  }, onloadeddata: () => (video.currentTime = Math.min(1, video.duration / 2)) });
  video.src = src;
}
