// Prints the number of samples in each track of an MP4, as MP4Box.js counts them.
//
//     NODE_PATH=FOLDER node mp4box.cjs FILE
//
// Writes messages of the parser to standard error. FOLDER has the npm package mp4box.
"use strict";

const { readFileSync } = require("node:fs");
const { Log, MP4BoxBuffer, createFile } = require("mp4box");

Log.setLogLevel(Log.warn);
console.warn = console.error;
const bytes = readFileSync(process.argv[2]);
const file = createFile();
file.onError = (module, message) => console.error(`${module}: ${message}`);
file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(Uint8Array.from(bytes).buffer, 0), true);
file.flush();
const tracks = file.getInfo().tracks ?? [];
console.log(tracks.map((track) => file.getTrackSamplesInfo(track.id).length).join(" "));
