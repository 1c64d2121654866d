//! Any content declared as MP4 gets a verdict, whatever lengths its boxes claim and wherever its samples are.

#![no_main]

use ccmessaging_core::{FileType, Policy, UploadRequest, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    if sniff::prove(FileType::Mp4, content).is_ok() {
        assert!(sniff::prove(FileType::Txt, content).is_err());
        assert!(sniff::prove(FileType::Mp3, content).is_err());
    }
    let upload = UploadRequest::from_file(content.to_vec(), FileType::Mp4);
    let policy = Policy::default().with_convert_media(true);
    if let Ok(upload) = upload.validate(&policy) {
        assert_eq!(upload.file_type(), FileType::Mp4);
    }
});
