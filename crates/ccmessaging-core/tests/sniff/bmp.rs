//! Bitmaps: `BITMAPFILEHEADER` and the DIB headers.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::{bmp, with};

const PIXELS: usize = 10;
const DIB_SIZE: usize = 14;
const HEIGHT: usize = 22;
const PLANES: usize = 26;
const DEPTH: usize = 28;

#[test]
fn every_known_header_is_accepted() {
    for (name, size) in [
        ("BITMAPCOREHEADER", 12),
        ("short OS/2 2.x header", 16),
        ("BITMAPINFOHEADER", 40),
        ("BITMAPV2INFOHEADER", 52),
        ("BITMAPV3INFOHEADER", 56),
        ("OS/2 2.x header", 64),
        ("BITMAPV4HEADER", 108),
        ("BITMAPV5HEADER", 124),
    ] {
        for depth in [1, 4, 8, 16, 24, 32] {
            all_are(FileType::Bmp, true, &[(name, bmp(size, depth))]);
        }
    }
}

#[test]
fn top_down_rows_and_a_wrong_file_size_are_accepted() {
    let mut top_down = bmp(40, 24);
    top_down[HEIGHT..HEIGHT + 4].copy_from_slice(&(-1_i32).to_le_bytes());
    all_are(
        FileType::Bmp,
        true,
        &[
            ("top-down", top_down),
            ("file size too large", with(&bmp(40, 24), 5, 0x7F)),
        ],
    );
}

#[test]
fn near_misses_are_rejected() {
    let bmp = bmp(40, 24);
    all_are(
        FileType::Bmp,
        false,
        &[
            ("magic only", b"BM".to_vec()),
            ("bitmap array", with(&bmp, 1, b'A')),
            ("header size 15", with(&bmp, DIB_SIZE, 15)),
            ("header size 65", with(&bmp, DIB_SIZE, 65)),
            ("header size 107", with(&bmp, DIB_SIZE, 107)),
            (
                "header size in the wrong byte order",
                with(&with(&bmp, DIB_SIZE, 0), DIB_SIZE + 3, 40),
            ),
            ("no plane", with(&bmp, PLANES, 0)),
            ("two planes", with(&bmp, PLANES, 2)),
            ("three bits per pixel", with(&bmp, DEPTH, 3)),
            ("pixels behind the end", with(&bmp, PIXELS + 2, 1)),
            ("pixels in the file header", with(&bmp, PIXELS, 2)),
            ("cut off in the header", bmp[..29].to_vec()),
            (
                "script in a bitmap's clothes",
                b"BM=1;/*\0\0\0\0\0\0\0\0\0\0\0*/alert(1)".to_vec(),
            ),
        ],
    );
}

#[test]
fn text_that_begins_with_bm_is_text_and_no_bitmap() {
    let text = b"BMI,weight,height\n21.6,70,1.80\n24.2,66,1.65\n".as_slice();
    assert!(sniff::prove(FileType::Bmp, text).is_err());
    assert_eq!(sniff::prove(FileType::Csv, text), Ok(()));
}
