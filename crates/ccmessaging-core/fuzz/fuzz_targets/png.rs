//! Any content declared as PNG gets a verdict; what is accepted has the signature.

#![no_main]

use ccmessaging_core::{FileType, Policy, UploadRequest, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    if sniff::prove(FileType::Png, content).is_ok() {
        assert!(content.starts_with(b"\x89PNG\r\n\x1A\n"));
        assert_eq!(sniff::identify(content), Some(FileType::Png));
        // Examines the file beyond its beginning.
        let request = UploadRequest::from_file(content.to_vec(), FileType::Png);
        _ = request.validate(&Policy::default());
    }
});
