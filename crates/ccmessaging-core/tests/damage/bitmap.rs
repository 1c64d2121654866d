//! Intact bitmaps that resemble damaged ones.

use ccmessaging_core::FileType;
use proptest::prelude::*;

use crate::{bitmap, reason};

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
