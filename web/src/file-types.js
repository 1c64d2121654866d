// The API's file types, and the names under which files of each come.

/** Of each type its family, its file extensions, its media type, and other media types in use. */
const FILE_TYPES = {
  jpg: ["image", ["jpg", "jpeg", "jpe", "jfif"], "image/jpeg", /^image\/(p|x-)?jpe?g$/],
  png: ["image", ["png"], "image/png", /^image\/(x-|a)png$/],
  bmp: ["image", ["bmp"], "image/bmp", /^image\/x-.*(bmp|bitmap)$/],
  mp3: ["audio", ["mp3"], "audio/mpeg", /^audio\/(x-)?(mp3|mpe?g(-?3)?)$/],
  aac: ["audio", ["aac"], "audio/aac", /^audio\/.*(aacp?|adts)$/],
  mp4: ["video", ["mp4"], "video/mp4", /^(video\/(mpeg4|x-m4v)|application\/mp4)$/],
  txt: ["text", ["txt"], "text/plain"],
  // Windows with Excel installed calls a CSV file application/vnd.ms-excel.
  csv: ["text", ["csv"], "text/csv", /\/(x-)?(csv|comma-separated-values|vnd.ms-excel)$/],
};

/** The names of all types. */
export const ALL_TYPES = Object.keys(FILE_TYPES);

/** The kinds of files, which have a size limit each. */
export const FAMILIES = ["image", "audio", "video", "text"];

const find = (matches) => ALL_TYPES.find((type) => matches(...FILE_TYPES[type]));

/** `image`, `audio`, `video` or `text`; undefined if the API does not have the type. */
export const familyOf = (type) => FILE_TYPES[type]?.[0];

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

/** The value of `<input accept>` for these types, and for files that `shrinkPhotos` or the gateway converts. */
export function acceptOf(types, { shrinkPhotos, conversions = [] } = {}) {
  const known = types.filter(familyOf).map((type) => FILE_TYPES[type]);
  const formats = [
    ...known.map(([, extensions, mediaType]) => [extensions, mediaType]),
    ...conversions.filter(({ fileType }) => types.includes(fileType)).map(({ extensions, mediaTypes }) => [extensions, mediaTypes]),
  ];
  // Without image/heic, because Safari then hands HEIC photos over as JPG.
  if (shrinkPhotos && types.includes("jpg")) formats.push([["webp", "avif"], "image/webp,image/avif"]);
  return formats.map(([extensions, mediaTypes]) => [...extensions.map((extension) => `.${extension}`), mediaTypes]).join();
}
