// English.

export default {
  language: "en",
  direction: "ltr",

  /** Why a file was not sent, and what to do. Any `reasonCode` may have a text here. */
  reasons: {
    empty_file: "{name} is empty. If it is a folder, open it and choose the files in it.",
    unreadable_file: "{name} cannot be read. Choose it again; if it is a folder, choose the files in it.",
    too_large: "{name} is {size}. Files of this kind can be up to {limit}: choose a smaller one.",
    too_large_unknown: "{name} is too large to send. Choose a smaller file.",
    unsupported_type: "{name} cannot be sent: {declared} files are not accepted. {advice}",
    unnamed_type: "{name} cannot be sent: its name does not say what kind of file it is. {advice}",
    content_mismatch: "{name} is not {declared}: its content is {detected}. {advice}",
    content_damaged: "{name} is damaged, or not {declared}. Open it to check, and save it again.",
    refused: "The contact centre did not accept {name}. Choose another file.",
    malware_found: "{name} was not sent: it contains harmful software. Choose another file.",
    session: "{name} was not sent: the chat session has ended. Try again; if that does not help, reload the page.",
    network: "{name} was not sent: the connection was interrupted. Check your internet connection and try again.",
    busy: "{name} was not sent: the service is busy. Try again in a moment.",
    busy_for: {
      one: "{name} was not sent: the service is busy. Try again in {count} second.",
      other: "{name} was not sent: the service is busy. Try again in {count} seconds.",
    },
    unavailable: "{name} was not sent: the contact centre cannot take files right now. Nothing is wrong with the file: try again in a few minutes.",
    page: "{name} was not sent: something is wrong with this page. Please tell the owner of the site.",
  },

  /** What to do with a file of a format that is not accepted. */
  advice: {
    send_as: "Send it as {detected}, or choose another file.",
    heic: "Convert the photo to JPG. To take new photos as JPG on an iPhone: Settings › Camera › Formats › Most Compatible.",
    image: "Save the picture as JPG or PNG.",
    video: "Save the video as MP4.",
    audio: "Save the recording as MP3.",
    document: "Send a photo or a screenshot of the page you need help with.",
    archive: "Unpack it and send the files in it.",
    other: "You can send {types} files.",
  },

  /** Words of the element. */
  labels: {
    choose: "Choose files",
    drop: "or drop or paste them here",
    limit: "{types}, up to {size}",
    files: "Files",
    waiting: "Waiting",
    preparing: "Making it smaller",
    uploading: "Sending",
    offline: "Waiting for the internet connection",
    retrying: "Trying again shortly",
    stored: "Sent",
    refused: "Not sent",
    failed: "Not sent",
    cancelled: "Cancelled",
    made_smaller: "{before}, sent as {after}",
    cancel: "Cancel",
    retry: "Try again",
    send_as: "Send as {type}",
    remove: "Remove",
    required: "Add a file.",
    unfinished: "Wait until every file has been sent.",
    added: { one: "{count} file added.", other: "{count} files added." },
    sent: { one: "{count} file sent.", other: "{count} files sent." },
    not_sent: { one: "{count} file not sent.", other: "{count} files not sent." },
  },
};
