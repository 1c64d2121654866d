//! Any content declared as MP3 or AAC gets a verdict, and never both.

#![no_main]

use ccmessaging_core::{FileType, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let is_mp3 = sniff::prove(FileType::Mp3, content).is_ok();
    let is_aac = sniff::prove(FileType::Aac, content).is_ok();
    assert!(!(is_mp3 && is_aac));
    if is_mp3 || is_aac {
        assert!(sniff::prove(FileType::Txt, content).is_err());
    }
});
