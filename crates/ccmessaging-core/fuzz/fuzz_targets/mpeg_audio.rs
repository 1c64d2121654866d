//! Any content declared as MP3 or AAC gets a verdict, and never both.

#![no_main]

use ccmessaging_core::{FileType, Policy, UploadRequest, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let is_mp3 = sniff::prove(FileType::Mp3, content).is_ok();
    let is_aac = sniff::prove(FileType::Aac, content).is_ok();
    assert!(!(is_mp3 && is_aac));
    if is_mp3 || is_aac {
        assert!(sniff::prove(FileType::Txt, content).is_err());
        // The frames are followed.
        let file_type = if is_mp3 { FileType::Mp3 } else { FileType::Aac };
        let request = UploadRequest::from_file(content.to_vec(), file_type);
        if let Err(error) = request.validate(&Policy::default()) {
            assert_ne!(error.reason_code(), "content_mismatch");
        }
    }
});
