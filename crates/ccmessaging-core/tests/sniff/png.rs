//! PNG: sections 5.2 and 11.2.1 of the specification.

use ccmessaging_core::FileType;

use crate::all_are;
use crate::build::{join, png, with};

const SIGNATURE: usize = 8;
const WIDTH: usize = 16;
const HEIGHT: usize = 20;
const DEPTH: usize = 24;
const COLOUR: usize = 25;

#[test]
fn every_permitted_header_is_accepted() {
    let permitted = [
        (0, &[1, 2, 4, 8, 16][..]),
        (2, &[8, 16]),
        (3, &[1, 2, 4, 8]),
        (4, &[8, 16]),
        (6, &[8, 16]),
    ];
    for colour in 0..=7 {
        for depth in 0..=32 {
            let file = with(&with(&png(), COLOUR, colour), DEPTH, depth);
            let expected = permitted
                .iter()
                .any(|(known, depths)| *known == colour && depths.contains(&depth));
            all_are(FileType::Png, expected, &[("colour and depth", file)]);
        }
    }
}

#[test]
fn variants_are_accepted() {
    let png = png();
    let (signature, rest) = png.split_at(SIGNATURE);
    all_are(
        FileType::Png,
        true,
        &[
            ("plain", png.clone()),
            ("interlaced", with(&png, 28, 1)),
            (
                "Apple's CgBI first",
                join(&[
                    signature,
                    b"\0\0\0\x04CgBI\x50\0\x20\x02\x2B\xD5\xB3\x7F",
                    rest,
                ]),
            ),
            ("cut off behind the header's values", png[..29].to_vec()),
        ],
    );
}

#[test]
fn near_misses_are_rejected() {
    let png = png();
    all_are(
        FileType::Png,
        false,
        &[
            ("signature only", png[..SIGNATURE].to_vec()),
            ("signature with converted line ends", with(&png, 4, b'\n')),
            ("not IHDR", with(&png, 12, b'J')),
            ("IHDR of another length", with(&png, 11, 14)),
            ("no width", with(&png, WIDTH + 3, 0)),
            ("no height", with(&png, HEIGHT + 3, 0)),
            ("width over 31 bits", with(&png, WIDTH, 0x80)),
            ("unknown compression", with(&png, 26, 1)),
            ("unknown filter", with(&png, 27, 1)),
            ("unknown interlacing", with(&png, 28, 2)),
            ("cut off in the header", png[..28].to_vec()),
            (
                "a program behind four bytes",
                join(&[&png[..4], b"\x7FELF\x02\x01\x01"]),
            ),
            ("MNG", join(&[b"\x8AMNG", &png[4..]])),
        ],
    );
}
