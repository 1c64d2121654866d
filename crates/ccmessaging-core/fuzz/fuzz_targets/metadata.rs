//! Any bytes get their metadata removed, or are refused; what comes back has nothing more to remove,
//! is of the same type, and is not longer (an MP4: as long). The input's first byte is the type and
//! the level; the file follows.

#![no_main]

use bytes::Bytes;
use ccmessaging_core::metadata::{self, Removal};
use ccmessaging_core::{FileType, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&choice, file)) = input.split_first() else {
        return;
    };
    let file_type = [FileType::Jpg, FileType::Png, FileType::Mp4][usize::from(choice >> 1) % 3];
    let level = [Removal::Location, Removal::All][usize::from(choice & 1)];
    let file = Bytes::copy_from_slice(file);
    let Ok(stripped) = metadata::remove(file_type, file.clone(), level) else {
        return;
    };
    assert_eq!(stripped.removed.is_empty(), stripped.file == file);
    match file_type {
        FileType::Mp4 => assert_eq!(stripped.file.len(), file.len()),
        _ => assert!(stripped.file.len() <= file.len()),
    }
    if sniff::prove(file_type, &file[..]).is_ok() {
        assert_eq!(sniff::prove(file_type, &stripped.file[..]), Ok(()));
    }
    let again = metadata::remove(file_type, stripped.file.clone(), level).expect("still sound");
    assert_eq!(again.file, stripped.file);
});
