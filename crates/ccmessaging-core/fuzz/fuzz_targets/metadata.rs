//! Strips any bytes: the result is an error, or a file that has nothing more to remove and is not longer
//! (an MP4 keeps its length). An upload is still of its type afterwards. The first byte of the input selects format and level; the file follows.

#![no_main]

use ccmessaging_core::{FileType, Policy, UploadRequest, sniff};
use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, StripLevel};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&choice, file)) = input.split_first() else {
        return;
    };
    let (format, file_type) = [
        (Format::Jpg, FileType::Jpg),
        (Format::Png, FileType::Png),
        (Format::Mp4, FileType::Mp4),
    ][usize::from(choice >> 1) % 3];
    let level = [StripLevel::Location, StripLevel::All][usize::from(choice & 1)];
    let Ok(stripped) = metadata::strip(format, file, level) else {
        return;
    };
    assert_eq!(stripped.removed.is_empty(), stripped.file == file);
    match format {
        Format::Mp4 => assert_eq!(stripped.file.len(), file.len()),
        _ => assert!(stripped.file.len() <= file.len()),
    }
    let again = metadata::strip(format, &stripped.file, level).expect("still valid");
    assert_eq!(again.file, stripped.file);
    if let Ok(upload) =
        UploadRequest::from_file(file.to_vec(), file_type).validate(&Policy::default())
        && let Ok((upload, _)) = upload.without_metadata(level)
    {
        assert_eq!(sniff::prove(file_type, upload.file()), Ok(()));
    }
});
