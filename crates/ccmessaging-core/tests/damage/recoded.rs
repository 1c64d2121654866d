//! Files that were decoded and encoded in the same character set.

use ccmessaging_core::Declared;

use crate::{reason, samples};

/// The bytes that character sets do not define: those of Windows-1250, Windows-1252 and Windows-1254.
const UNDEFINED: [&[u8]; 3] = [
    b"\x81\x83\x88\x90\x98",
    b"\x81\x8D\x8F\x90\x9D",
    b"\x81\x8D\x8E\x8F\x90\x9D\x9E",
];

/// `file` after it was decoded and encoded in a character set that does not define these bytes.
fn recoded(file: &[u8], undefined: &[u8]) -> Vec<u8> {
    let each = |byte: &u8| {
        if undefined.contains(byte) {
            b'?'
        } else {
            *byte
        }
    };
    file.iter().map(each).collect()
}

#[test]
fn a_photo_that_was_decoded_and_encoded_in_one_character_set_is_refused() {
    let (_, file_type, photo) = samples()
        .find(|(name, ..)| name == "photo.jpg")
        .expect("the photo");
    for undefined in UNDEFINED {
        for declared in [file_type.into(), Declared::Unknown] {
            let found = reason(&recoded(&photo, undefined), declared);
            assert_eq!(found, Some("damaged_in_transit"), "{undefined:02X?}");
        }
    }
    // A byte may be missing, and the question mark may be frequent; only both are proof.
    let without = |byte: u8| {
        photo
            .iter()
            .map(move |it| if *it == byte { byte ^ 1 } else { *it })
    };
    assert_eq!(reason(&without(0x98).collect::<Vec<_>>(), file_type), None);
    let frequent = |(at, byte): (usize, &u8)| match byte {
        0x81 | 0x8D | 0x8F | 0x90 | 0x9D if at % 8 > 0 => b'?',
        other => *other,
    };
    let frequent: Vec<_> = photo.iter().enumerate().map(frequent).collect();
    assert_eq!(reason(&frequent, file_type), None);
}
