//! PNG images whose chunks or compressed pixels show that bytes were changed.

use std::iter;

use ccmessaging_core::FileType;
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

use crate::{DAMAGED, UNDEFINED, noise, reason, samples, without_plus};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";

/// Where the header ends.
const HEADER_END: usize = 33;

/// The width and the height of the pictures, in grey of 8 bits.
const SIZE: usize = 40;

/// The sizes of the seven passes of an interlaced picture.
const PASSES: [(usize, usize); 7] = [
    (5, 5),
    (5, 5),
    (10, 5),
    (10, 10),
    (20, 10),
    (20, 20),
    (40, 20),
];

/// A chunk with a correct checksum.
fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let typed = [kind, data].concat();
    let length = u32::try_from(data.len()).expect("a small chunk");
    let checksum = crc32fast::hash(&typed);
    [&length.to_be_bytes()[..], &typed, &checksum.to_be_bytes()].concat()
}

fn header(interlace: u8) -> Vec<u8> {
    let header = b"\0\0\0\x28\0\0\0\x28\x08\0\0\0";
    chunk(b"IHDR", &[header, &[interlace][..]].concat())
}

/// `chunk` with a wrong checksum.
fn with_wrong_checksum(mut chunk: Vec<u8>) -> Vec<u8> {
    *chunk.last_mut().expect("a checksum") ^= 1;
    chunk
}

/// Rows of noise, which can be compressed a little, after the filters 0 to 4.
fn rows(passes: &[(usize, usize)]) -> Vec<u8> {
    let mut noise = noise(SIZE * SIZE).into_iter().map(|byte| byte & 0x3F);
    let mut rows = Vec::new();
    for &(width, height) in passes {
        for filter in (0..=4).cycle().take(height) {
            rows.push(filter);
            rows.extend(noise.by_ref().take(width));
        }
    }
    rows
}

fn pixels() -> Vec<u8> {
    compress_to_vec_zlib(&rows(&[(SIZE, SIZE)]), 6)
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [&[SIGNATURE.to_vec()], chunks].concat().concat()
}

/// A picture whose compressed pixels are in chunks of this length.
pub(crate) fn picture(chunk_bytes: usize) -> Vec<u8> {
    let pixels = pixels();
    let data = pixels.chunks(chunk_bytes).map(|part| chunk(b"IDAT", part));
    let end = iter::once(chunk(b"IEND", b""));
    png(&iter::once(header(0))
        .chain(data)
        .chain(end)
        .collect::<Vec<_>>())
}

fn interlaced_picture() -> Vec<u8> {
    let pixels = compress_to_vec_zlib(&rows(&PASSES), 6);
    png(&[header(1), chunk(b"IDAT", &pixels), chunk(b"IEND", b"")])
}

fn pictures() -> [Vec<u8>; 3] {
    [picture(usize::MAX), picture(256), interlaced_picture()]
}

/// Applies a change behind the header. Other rules reject a damaged header.
fn changed(file: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let (start, rest) = file.split_at(HEADER_END);
    [start, &change(rest)].concat()
}

fn replaced(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let each = |byte: &u8| {
        if from.contains(byte) {
            to.to_vec()
        } else {
            vec![*byte]
        }
    };
    file.iter().flat_map(each).collect()
}

#[test]
fn a_picture_is_intact() {
    for picture in pictures() {
        assert_eq!(reason(&picture, FileType::Png), None);
    }
}

#[test]
fn a_picture_from_base64_without_plus_is_refused() {
    for picture in pictures() {
        let damaged = without_plus(&picture);
        assert_eq!(reason(&damaged, FileType::Png), DAMAGED);
    }
}

#[test]
fn a_picture_with_converted_or_removed_line_breaks_is_refused() {
    for picture in pictures() {
        for (from, to) in [
            (b"\n", b"\r\n".as_slice()),
            (b"\r", b""),
            (b"\r", b"\n"),
            (b"\n", b""),
        ] {
            let damaged = changed(&picture, |bytes| replaced(bytes, from, to));
            let found = reason(&damaged, FileType::Png);
            assert_eq!(found, DAMAGED, "{from:?} became {to:?}");
        }
    }
}

#[test]
fn a_picture_with_replaced_or_dropped_bytes_is_refused() {
    for picture in pictures() {
        for undefined in UNDEFINED {
            for to in [b"?".as_slice(), b""] {
                let damaged = changed(&picture, |bytes| replaced(bytes, undefined, to));
                let found = reason(&damaged, FileType::Png);
                assert_eq!(found, DAMAGED, "{undefined:02X?} became {to:?}");
            }
        }
    }
}

#[test]
fn bytes_missing_before_the_pixels_hide_the_next_chunk() {
    let text = with_wrong_checksum(chunk(b"tEXt", b"Comment\0a text"));
    let [start, end] = [[header(0)].concat(), chunk(b"IEND", b"")];
    let intact = png(&[
        start.clone(),
        text.clone(),
        chunk(b"IDAT", &pixels()),
        end.clone(),
    ]);
    assert_eq!(reason(&intact, FileType::Png), None);
    // The next chunk seems to be called `DAT?`, or `EXtC`.
    let damaged = png(&[
        start.clone(),
        text[..text.len() - 1].to_vec(),
        chunk(b"IDAT", &pixels()),
        end.clone(),
    ]);
    assert_eq!(reason(&damaged, FileType::Png), DAMAGED);
    let damaged = png(&[
        start[..start.len() - 1].to_vec(),
        text,
        chunk(b"IDAT", &pixels()),
        end,
    ]);
    assert_eq!(reason(&damaged, FileType::Png), DAMAGED);
}

#[test]
fn a_png_that_ends_too_early_is_accepted() {
    let samples = samples().filter(|&(_, file_type, _)| file_type == FileType::Png);
    let samples = samples.map(|(_, _, file)| file);
    for file in samples.chain(pictures()) {
        for length in HEADER_END..file.len() {
            let found = reason(&file[..length], FileType::Png);
            assert_eq!(found, None, "{length} of {}", file.len());
        }
    }
}

/// All of them are shown by viewers.
#[test]
fn an_odd_png_is_accepted() {
    let [start, data, end] = [header(0), chunk(b"IDAT", &pixels()), chunk(b"IEND", b"")];
    let empty = chunk(b"IDAT", b"");
    let text = with_wrong_checksum(chunk(b"tEXt", b"Comment\0a text"));
    let apple = chunk(b"CgBI", b"P\0 \x02");
    let deflated = chunk(b"IDAT", &compress_to_vec(&rows(&[(SIZE, SIZE)]), 6));
    let own = with_wrong_checksum(chunk(b"prVt", b"data"));
    let parts: [&[&Vec<u8>]; 10] = [
        &[&start, &with_wrong_checksum(data.clone()), &end],
        &[&with_wrong_checksum(start.clone()), &data, &end],
        &[&start, &data, &with_wrong_checksum(end.clone())],
        &[&start, &text, &own, &data, &end],
        &[&start, &empty, &data, &empty, &end],
        &[
            &start,
            &empty,
            &with_wrong_checksum(data.clone()),
            &empty,
            &end,
        ],
        &[&start, &data, &end, &noise(100)],
        &[&start, &data, &noise(100)],
        &[&apple, &start, &with_wrong_checksum(deflated), &end],
        &[
            &start,
            &data,
            &[chunk(b"fdAT", &noise(99)), noise(99)].concat(),
        ],
    ];
    for (number, parts) in parts.into_iter().enumerate() {
        let parts: Vec<_> = parts.iter().copied().cloned().collect();
        assert_eq!(reason(&png(&parts), FileType::Png), None, "{number}");
    }
    assert_eq!(reason(&picture(1), FileType::Png), None);
    let text = chunk(b"tEXt", b"");
    let large = noise(300_000);
    let large = chunk(b"IDAT", &compress_to_vec_zlib(&large, 0));
    for parts in [
        // Only the end is wrong.
        vec![start.clone(), large, with_wrong_checksum(end.clone())],
        // More chunks than are followed.
        [vec![start], vec![text; 5_000], vec![data, end]].concat(),
    ] {
        assert_eq!(reason(&png(&parts), FileType::Png), None);
    }
}

#[test]
fn any_changed_bytes_after_the_header_get_a_verdict() {
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..2000 {
        let mut file = pictures()[random.usize(..3)].clone();
        for _ in 0..random.usize(1..9) {
            let at = random.usize(HEADER_END..file.len());
            file[at] = random.u8(..);
        }
        let found = reason(&file, FileType::Png);
        assert!(matches!(found, None | DAMAGED), "{found:?}");
    }
}
