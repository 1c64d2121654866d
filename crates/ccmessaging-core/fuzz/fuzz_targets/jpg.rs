//! Any content declared as JPG gets a verdict; what is accepted begins with SOI and a marker.

#![no_main]

use ccmessaging_core::{FileType, Policy, UploadRequest, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let is_jpg = sniff::prove(FileType::Jpg, content).is_ok();
    if is_jpg {
        assert!(content.starts_with(b"\xFF\xD8\xFF"));
        assert_eq!(sniff::identify(content), Some(FileType::Jpg));
        // The scans are decoded.
        let request = UploadRequest::from_file(content.to_vec(), FileType::Jpg);
        if let Err(error) = request.validate(&Policy::default()) {
            assert_ne!(error.reason_code(), "content_mismatch");
        }
    }
});
