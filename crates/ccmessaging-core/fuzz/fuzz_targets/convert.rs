//! Converts any bytes. A converted movie is not changed by a second conversion, and its metadata can be
//! removed; converted audio consists of ADTS frames. The first byte of the input selects the conversion;
//! the file follows.

#![no_main]

use ccmessaging_media::Format;
use ccmessaging_media::convert::{m4a_to_adts, mov_to_mp4};
use ccmessaging_media::metadata::{self, StripLevel};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&choice, file)) = input.split_first() else {
        return;
    };
    if choice & 1 == 0 {
        if let Ok(converted) = mov_to_mp4(file.to_vec()) {
            assert!(converted.len() <= file.len() * 2);
            assert_eq!(mov_to_mp4(converted.clone()).as_ref(), Ok(&converted));
            metadata::strip(Format::Mp4, &converted, StripLevel::Location).expect("a valid MP4");
        }
    } else if let Ok(converted) = m4a_to_adts(file) {
        let mut rest = &converted[..];
        let mut frames = 0;
        while let [0xFF, 0xF1, _, high, middle, low, _, ..] = *rest {
            let length =
                usize::from(high & 3) << 11 | usize::from(middle) << 3 | usize::from(low >> 5);
            rest = &rest[length..];
            frames += 1;
        }
        assert!(rest.is_empty());
        assert!(converted.len() <= file.len() + 7 * frames);
    }
});
