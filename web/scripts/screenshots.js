// Draws the README's pictures with Chromium and ffmpeg: node scripts/screenshots.js

import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { open, bytesOf, HEIC } from "../tests/page.js";

const folder = new URL("../screenshots/", import.meta.url).pathname;
const ends = [];
const t = { after: (end) => ends.push(end) };

const tag = (attributes = "", content = "") => `<upload-file-stream endpoint="/upload" token-url="/token" ${attributes}>${content}</upload-file-stream>`;
const LIST = tag('class="list" style="--list-height: none"');
const INPUT = tag('class="review" review compact', '<input placeholder="Write a message" aria-label="Message">');
const CSS = `
  body { margin: 0; font: 16px/1.5 "Liberation Sans", system-ui, sans-serif; }
  h1 { display: none; }
  main { display: grid; grid-template-columns: repeat(var(--columns), 1fr); }
  section { display: grid; gap: 16px; align-content: start; padding: 16px; background: light-dark(#f1f4f2, #101413); }
  input { box-sizing: border-box; width: 100%; padding: 10px 14px; border: 1px solid light-dark(#c6cfcb, #3c4743); border-radius: 22px; background: light-dark(#fff, #1a201e); font: inherit; }
  .theme { --accent: #7a1fa2; --radius: 4px; --thumbnail: 3rem; }
  .theme::part(drop) { border-style: solid; }`;

async function draw(name, columns, width, schemes, elements, options = {}) {
  const body = schemes.map((scheme) => `<section style="color-scheme: ${scheme}">${elements.join("")}</section>`).join("");
  const { page } = await open(t, "", { viewport: { width, height: 1500 }, deviceScaleFactor: 1.4, ...options });
  await page.addStyleTag({ content: CSS.replace("var(--columns)", columns) });
  await page.evaluate(async ([body, photo, film, png, heic]) => {
    // A file whose content is "slow" stays at 62 %.
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = async function (body) {
      if ((await body.text()).includes(btoa("slow"))) this.upload.onprogress({ loaded: 62, total: 100 });
      else send.call(this, body);
    };
    document.querySelector("main").append(document.createRange().createContextualFragment(body));
    const photoOf = (name) => fileOf(photo, name, "image/jpeg");
    for (const { uploader } of document.querySelectorAll(".list")) {
      uploader.options.concurrency = 4;
      uploader.add([
        photoOf("holiday-by-the-sea-2026-07-14-evening.jpg"), fileOf(film, "film.mp4", "video/mp4"), fileOf("slow", "statement.txt"),
        fileOf("hang", "voice-message.txt"), fileOf("soon", "table.csv"), fileOf("busy", "order.txt"), fileOf(heic, "IMG_2041.HEIC"), fileOf(png, "receipt.jpg"),
      ]);
    }
    for (const { uploader } of document.querySelectorAll(".review")) uploader.add([photoOf("receipt.jpg"), fileOf("stored", "notes.txt")]);
    for (const { uploader } of document.querySelectorAll(".theme")) uploader.add([photoOf("receipt.jpg"), fileOf("slow", "notes.txt"), fileOf(heic, "IMG_2041.HEIC")]);
  }, [body, bytesOf("photo.jpg"), bytesOf("h264-aac.mp4"), bytesOf("rgb.png"), HEIC]);
  await page.waitForTimeout(1500);
  const path = `${folder}${name}.png`;
  await page.locator("main").screenshot({ path });
  // In 256 colours it is half as large.
  const palette = "split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=none";
  execFileSync("ffmpeg", ["-loglevel", "error", "-y", "-i", path, "-vf", palette, `${path}.png`]);
  renameSync(`${path}.png`, path);
}

await draw("states", 2, 840, ["light", "dark"], [tag(), LIST, INPUT]);
await draw("phone", 2, 640, ["light", "dark"], [tag("camera"), LIST, INPUT], { hasTouch: true, isMobile: true });
await draw("theme", 1, 420, ["light"], [tag('class="theme"')]);
for (const end of ends) await end();
process.exit(); // The browser is still open.
