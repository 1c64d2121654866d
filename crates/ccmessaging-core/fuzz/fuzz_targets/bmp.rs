//! Any content declared as BMP gets a verdict; a text never passes.

#![no_main]

use ccmessaging_core::{FileType, Policy, UploadRequest, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    if sniff::prove(FileType::Bmp, content).is_ok() {
        assert!(content.starts_with(b"BM"));
        assert!(sniff::prove(FileType::Txt, content).is_err());
        // Examines the file beyond its beginning.
        let request = UploadRequest::from_file(content.to_vec(), FileType::Bmp);
        _ = request.validate(&Policy::default());
    }
});
