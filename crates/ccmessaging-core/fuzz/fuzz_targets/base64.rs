//! Any text gets a verdict; what is accepted decodes, whole and at any offset, to the same bytes as
//! a decoder of another library gives.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Content as _};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, u16, Vec<u8>)| {
    let (offset, length, text) = input;
    match CanonicalBase64::from_text(&Bytes::from(text.clone())) {
        Ok(base64) => {
            let canonical = base64.as_text().clone().into_bytes();
            let file = STANDARD.decode(&canonical).expect("canonical");
            assert_eq!(file.len(), base64.len());
            assert_eq!(STANDARD.encode(&file), canonical);
            let (offset, length) = (usize::from(offset), usize::from(length));
            let mut window = vec![0; length];
            let count = base64.read_at(offset, &mut window);
            let expected = file.get(offset..).unwrap_or_default();
            assert_eq!(&window[..count], &expected[..expected.len().min(length)]);
        }
        Err(error) => {
            assert!(error.position() < text.len());
            assert!(STANDARD.decode(&text).is_err());
        }
    }
});
