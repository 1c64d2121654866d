// A small picture of a file.

import { familyOf } from "../file-types.js";
import { h, icon } from "./dom.js";

/** A larger file may take more memory to draw than a phone has. */
const LARGEST_BYTES = 20e6;
/** Twice the size at which it is shown. */
const PIXELS = 112;

/** Draws the picture, a frame of the video, or an icon of the kind of file. */
export function drawThumbnail(place, { original, fileType }) {
  const [family] = original.type.split("/");
  place.append(icon(familyOf(fileType) ?? "other"), h("span", {}, fileType?.slice(0, 4) ?? ""));
  if (!/image|video/.test(family) || original.size > LARGEST_BYTES) return;
  const src = URL.createObjectURL(original);
  const done = () => URL.revokeObjectURL(src);
  const show = (picture) => place.append(picture);
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
