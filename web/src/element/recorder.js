// Records a voice message in a format that the gateway accepts.

const TYPE = "audio/mp4;codecs=mp4a.40.2";

/** Whether this browser can record AAC in MP4. */
export const canRecord = () => !!navigator.mediaDevices && !!globalThis.MediaRecorder?.isTypeSupported(TYPE);

/** Starts to record; returns a function that ends it and resolves to the file. */
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType: TYPE });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  return async () => {
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.stop();
    await stopped;
    for (const track of stream.getTracks()) track.stop(); // The browser shows that the microphone is in use.
    const time = new Date().toISOString().slice(0, 19).replace(/\D/g, "-");
    return new File(parts, `voice-${time}.mp4`, { type: "video/mp4" });
  };
}
