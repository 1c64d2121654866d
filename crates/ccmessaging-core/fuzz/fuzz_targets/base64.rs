//! Any text gets a verdict; what is accepted decodes, whole and at any offset, to the same bytes as
//! a decoder of another library gives. The input's first four bytes are that offset and the length
//! read there, 16 bits each with the low byte first; the text follows.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ccmessaging_core::{CanonicalBase64, Content as _};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&[o0, o1, l0, l1], text)) = input.split_first_chunk() else {
        return;
    };
    let offset = usize::from(u16::from_le_bytes([o0, o1]));
    let length = usize::from(u16::from_le_bytes([l0, l1]));
    match CanonicalBase64::from_text(text.to_vec()) {
        Ok(base64) => {
            let file = STANDARD.decode(base64.as_text()).expect("canonical");
            assert_eq!(file.len(), base64.len());
            assert_eq!(STANDARD.encode(&file).as_bytes(), base64.as_text());
            let mut window = vec![0; length];
            let count = base64.read_at(offset, &mut window);
            let expected = file.get(offset..).unwrap_or_default();
            assert_eq!(&window[..count], &expected[..expected.len().min(length)]);
        }
        Err(error) => {
            assert!(error.position() < text.len());
            assert!(STANDARD.decode(text).is_err());
        }
    }
});
