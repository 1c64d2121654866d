//! The accepted file types.

/// Each accepted `fileType`. BPM is a typo for BMP in older editions of the documentation, so clients
/// may send either.
const FILE_TYPES: [&str; 10] = [
    "JPG", "JPEG", "PNG", "BPM", "BMP", "MP3", "AAC", "MP4", "TXT", "CSV",
];

/// Returns the values of `fileType` that uploadFileStream accepts, in upper case. It ignores case.
pub fn file_types() -> impl Iterator<Item = &'static str> {
    FILE_TYPES.into_iter()
}
