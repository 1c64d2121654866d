//! Any content declared as MP4 gets a verdict, whatever lengths its boxes claim.

#![no_main]

use ccmessaging_core::{FileType, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    if sniff::prove(FileType::Mp4, content).is_ok() {
        assert!(sniff::prove(FileType::Txt, content).is_err());
        assert!(sniff::prove(FileType::Mp3, content).is_err());
    }
});
