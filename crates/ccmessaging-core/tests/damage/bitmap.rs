//! Damaged bitmaps, and intact ones that resemble them.

use ccmessaging_core::FileType;
use proptest::prelude::*;

use crate::{DAMAGED, UNDEFINED, bitmap, noise, reason, samples, without_plus};

#[test]
fn a_dark_bitmap_is_not_damaged() {
    let pictures = [
        // A gradient, and a grey background with writing in another grey.
        (0..120).cycle().take(1200).collect::<Vec<u8>>(),
        (0..400_u32)
            .flat_map(|at| if at % 9 == 0 { [0x7F; 3] } else { [0x3F; 3] })
            .collect(),
        (0..400_u32)
            .flat_map(|at| {
                if at % 9 == 0 {
                    [0xDC, 0xDC, 0xCC]
                } else {
                    [0x3F; 3]
                }
            })
            .collect(),
        vec![0; 1200],
    ];
    for (number, pixels) in pictures.iter().enumerate() {
        let picture = bitmap((20, 20), pixels);
        assert_eq!(reason(&picture, FileType::Bmp), None, "{number}");
    }
}

#[test]
fn a_drawing_of_few_colours_is_not_damaged() {
    let greys = [0x00, 0x3F, 0x7F, 0xA0, 0xFF];
    let pixels: Vec<u8> = noise(1200)
        .into_iter()
        .flat_map(|byte| [greys[usize::from(byte) % greys.len()]; 3])
        .collect();
    let drawing = bitmap((60, 20), &pixels);
    assert_eq!(reason(&drawing, FileType::Bmp), None);
}

/// A picture with pixels of all values.
fn picture() -> Vec<u8> {
    bitmap((100, 100), &noise(30_000))
}

#[test]
fn a_bitmap_without_some_bytes_is_refused() {
    let without = |removed: &[u8]| {
        let mut file = picture();
        file.retain(|byte| !removed.contains(byte));
        file
    };
    for damaged in [
        without_plus(&picture()),
        without(b"\r"),
        without(UNDEFINED[2]),
    ] {
        assert_eq!(reason(&damaged, FileType::Bmp), DAMAGED);
    }
}

#[test]
fn a_bitmap_with_inserted_bytes_is_refused() {
    let damaged: Vec<u8> = picture()
        .iter()
        .flat_map(|&byte| match byte {
            b'\n' => vec![b'\r', byte],
            _ => vec![byte],
        })
        .collect();
    assert_eq!(reason(&damaged, FileType::Bmp), DAMAGED);
    // One more byte at the end has another cause.
    let longer = [&damaged[..], &[0]].concat();
    assert_eq!(reason(&longer, FileType::Bmp), None);
}

#[test]
fn a_width_that_contradicts_the_length_of_the_pixels_is_refused() {
    let mut intact = bitmap((400, 30), &noise(36_000));
    intact[34..38].copy_from_slice(&36_000_u32.to_le_bytes());
    assert_eq!(reason(&intact, FileType::Bmp), None);
    // 400 is `90 01`, and Windows-1252 does not define the first byte.
    let mut damaged = intact;
    damaged[18] = b'?';
    assert_eq!(reason(&damaged, FileType::Bmp), DAMAGED);
}

#[test]
fn a_bitmap_that_is_cut_or_continues_is_accepted() {
    let samples = samples().filter(|&(_, file_type, _)| file_type == FileType::Bmp);
    let samples = samples.map(|(name, _, file)| (name, file));
    for (name, file) in samples.chain([("noise".to_owned(), picture())]) {
        let pixels = usize::from(file[10]) + 256 * usize::from(file[11]);
        for length in (pixels + 1..file.len()).step_by(7) {
            let found = reason(&file[..length], FileType::Bmp);
            assert_eq!(found, None, "{length} of {name}");
        }
        for end in [&b"\n"[..], b"\r\n", &[0; 99]] {
            let longer = [&file, end].concat();
            assert_eq!(reason(&longer, FileType::Bmp), None, "{name}");
        }
    }
}

proptest! {
    #[test]
    fn no_small_bitmap_is_refused_as_damaged(
        (width, height) in (1_u8..9, 1_u8..9),
        colour in prop_oneof![Just([0xEF, 0xBF, 0xBD]), Just(*b"???"), any::<[u8; 3]>()],
        is_top_down: bool,
    ) {
        let mut row = colour.repeat(width.into());
        row.resize(row.len().next_multiple_of(4), 0);
        let rows = row.repeat(height.into());
        let height = if is_top_down { -i32::from(height) } else { height.into() };
        let bitmap = [
            b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".as_slice(),
            &i32::from(width).to_le_bytes(),
            &height.to_le_bytes(),
            b"\x01\0\x18\0",
            &[0; 24],
            &rows,
        ];
        prop_assert_eq!(reason(&bitmap.concat(), FileType::Bmp), None);
    }
}
