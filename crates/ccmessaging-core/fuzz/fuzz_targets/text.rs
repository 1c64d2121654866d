//! Any content declared as TXT gets a verdict; well-formed UTF-8 without control characters passes. Any text is
//! examined for being sent instead of a file.

#![no_main]

use ccmessaging_core::text_instead::{self, InsteadOfFile};
use ccmessaging_core::{FileType, sniff};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|content: &[u8]| {
    let verdict = sniff::prove(FileType::Txt, content);
    assert_eq!(
        verdict.is_ok(),
        sniff::prove(FileType::Csv, content).is_ok()
    );
    if let Err(refused) = &verdict {
        assert!(
            refused
                .position()
                .is_none_or(|position| position <= content.len())
        );
    }
    if text_instead::find(content) == Some(InsteadOfFile::Printed) {
        assert!(content.len() >= 16);
    }
    let is_plain = std::str::from_utf8(content).is_ok_and(|text| {
        !text.is_empty() && !text.chars().any(|letter| letter.is_ascii_control())
    });
    if is_plain && !content.windows(5).any(|window| window == b"%PDF-") {
        assert_eq!(verdict, Ok(()));
    }
});
