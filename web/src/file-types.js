// The API's file types, and the names under which files of each come.

/** Of each type its family, its file extensions, its media type, and other media types in use. */
const FILE_TYPES = {
  jpg: ["image", ["jpg", "jpeg", "jpe", "jfif"], "image/jpeg", /^image\/(p|x-)?jpe?g$/],
  png: ["image", ["png"], "image/png", /^image\/(x-|a)png$/],
  bmp: ["image", ["bmp"], "image/bmp", /^image\/x-(((ms|windows)-)?bmp|(win-)?bitmap)$/],
  mp3: ["audio", ["mp3"], "audio/mpeg", /^audio\/(x-)?(mp3|mpe?g(-?3)?)$/],
  aac: ["audio", ["aac"], "audio/aac", /^audio\/.*(aacp?|adts)$/],
  mp4: ["video", ["mp4"], "video/mp4", /^(video\/(mpeg4|x-m4v)|application\/mp4)$/],
  txt: ["text", ["txt"], "text/plain"],
  // Windows with Excel installed calls a CSV file application/vnd.ms-excel.
  csv: ["text", ["csv"], "text/csv", /^((text|application)\/(x-)?(csv|comma-separated-values)|application\/vnd\.ms-excel)$/],
};

/** The names of all types. */
export const ALL_TYPES = Object.keys(FILE_TYPES);

const find = (matches) => ALL_TYPES.find((type) => matches(...FILE_TYPES[type]));

/** `image`, `audio`, `video` or `text`; undefined if the API does not have the type. */
export const familyOf = (type) => (ALL_TYPES.includes(type) ? FILE_TYPES[type][0] : undefined);

/** The type that a media type names, parameters ignored. */
export function typeOfMediaType(mediaType = "") {
  const essence = mediaType.split(";")[0].trim().toLowerCase();
  return find((_, __, registered, others) => registered === essence || others?.test(essence));
}

/** The `fileType` of a file: by its extension or else its media type; an unknown extension stays as it is. */
export function fileTypeOf({ name = "", type }) {
  const extension = /\.(\w+)$/.exec(name.toLowerCase())?.[1];
  if (/^xls/.test(extension)) return extension; // Its media type is also that of CSV files on Windows.
  return find((_, extensions) => extensions.includes(extension)) ?? typeOfMediaType(type) ?? extension;
}

/** The value of `<input accept>` for these types, and for photos that `shrinkPhotos` converts. */
export function acceptOf(types, { shrinkPhotos } = {}) {
  const known = types.filter(familyOf).map((type) => FILE_TYPES[type]);
  // Without image/heic, because Safari then hands HEIC photos over as JPG.
  const converted = shrinkPhotos && types.includes("jpg") ? [".webp", "image/webp", ".avif", "image/avif"] : [];
  return known.flatMap(([, extensions, mediaType]) => [
    ...extensions.map((extension) => `.${extension}`), mediaType,
  ]).concat(converted).join();
}
