//! JPGs whose Huffman codes or tables show that bytes were lost, inserted or replaced.

use ccmessaging_core::{FileType, Policy, UploadRequest};

use crate::{DAMAGED, binary_samples, noise, reason, sample, without_plus};

/// `file` after text processing.
fn accidents(file: &[u8]) -> [(&'static str, Vec<u8>); 6] {
    let is_undefined = |byte: &u8| b"\x81\x8D\x8F\x90\x9D".contains(byte);
    let without = |is_lost: &dyn Fn(&u8) -> bool| {
        let kept = file.iter().copied().filter(|byte| !is_lost(byte));
        kept.collect::<Vec<_>>()
    };
    let replaced = |is_lost: &dyn Fn(&u8) -> bool, other: &[u8]| {
        let each = |byte: &u8| {
            if is_lost(byte) {
                other.to_vec()
            } else {
                vec![*byte]
            }
        };
        file.iter().flat_map(each).collect::<Vec<_>>()
    };
    [
        ("no plus", without_plus(file)),
        ("CR LF", replaced(&|&byte| byte == b'\n', b"\r\n")),
        ("no CR", without(&|&byte| byte == b'\r')),
        ("no LF", without(&|&byte| byte == b'\n')),
        ("1252 with question marks", replaced(&is_undefined, b"?")),
        ("1252 without", without(&is_undefined)),
    ]
}

#[test]
fn a_photo_after_text_processing_is_refused() {
    for name in ["photo.jpg", "mjpeg.jpg"] {
        let (file_type, photo) = sample(name);
        for (accident, damaged) in accidents(&photo) {
            assert_eq!(reason(&damaged, file_type), DAMAGED, "{name} {accident}");
        }
    }
}

#[test]
fn the_first_fault_is_located() {
    let (file_type, photo) = sample("photo.jpg");
    let (intact, rest) = photo.split_at(30_000);
    let damaged = [intact, &without_plus(rest)].concat();
    let request = UploadRequest::from_file(damaged, file_type);
    let error = request.validate(&Policy::default()).expect_err("a fault");
    let sentence = error.to_string();
    let (_, rest) = sentence.split_once("from byte ").expect("an offset");
    let (offset, _) = rest.split_once(' ').expect("an offset");
    let offset: usize = offset.parse().expect("an offset");
    let expected = intact.len()..intact.len() + 4096;
    assert!(expected.contains(&offset), "{sentence}");
}

#[test]
fn a_photo_of_which_the_end_is_missing_is_intact() {
    let all = binary_samples().filter(|&(_, file_type, _)| file_type == FileType::Jpg);
    for (name, file_type, photo) in all {
        for end in (3..photo.len()).step_by(1 + photo.len() / 400) {
            let found = reason(&photo[..end], file_type);
            assert_ne!(found, DAMAGED, "{name} {end}");
        }
        let other = b"\xFF\x07\0\0\0\x18ftypmp42 stray \xFF\xC4 bytes";
        let followed = [&photo, &other[..]].concat();
        assert_eq!(reason(&followed, file_type), None, "{name}");
    }
}

#[test]
fn missing_and_repeated_parts_of_a_small_photo_are_noticed() {
    let (file_type, photo) = sample("photo.jpg");
    let small = [&photo[..40_000], EOI].concat();
    assert_eq!(reason(&small, file_type), DAMAGED, "cut");
    for start in (1000..40_000).step_by(1000) {
        let without = [&photo[..start], &photo[start + 16_384..]].concat();
        assert_eq!(reason(&without, file_type), DAMAGED, "{start}");
    }
    let (file_type, photo) = sample("mjpeg.jpg");
    for start in 800..1300 {
        let repeated = [&photo[..start + 500], &photo[start..]].concat();
        assert_eq!(reason(&repeated, file_type), DAMAGED, "{start}");
    }
}

fn segment(code: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("a short segment");
    [&[0xFF, code], &length.to_be_bytes()[..], data].concat()
}

/// A quantisation table of equal numbers.
fn quantisation(number: u8) -> Vec<u8> {
    segment(0xDB, &[&[0][..], &[number; 64]].concat())
}

/// A Huffman table with the codes 0, 10, 110 and so on.
fn huffman(class: u8, symbols: &[u8]) -> Vec<u8> {
    let mut counts = [0; 16];
    counts[..symbols.len()].fill(1);
    segment(0xC4, &[&[class << 4][..], &counts, symbols].concat())
}

/// The codes 0, 10, 110 and 1110 stand for the categories 0, 1, 11 and 12.
fn dc_table() -> Vec<u8> {
    huffman(0, &[0, 1, 11, 12])
}

/// The codes are: 0 no more coefficients; 10 a coefficient of one bit; 110 sixteen zeros; 1110 a coefficient of 11
/// bits; 11110 a run of blocks of two or three; 111110 fifteen zeros and a coefficient of one bit.
fn ac_table() -> Vec<u8> {
    huffman(1, &[0, 1, 0xF0, 11, 0x10, 0xF1])
}

/// A frame of one component and two blocks.
fn frame(code: u8, precision: u8, height: u8) -> Vec<u8> {
    segment(code, &[precision, 0, height, 0, 16, 1, 1, 0x11, 0])
}

/// A scan of the coefficients from `first` to `last`. Its bits are `0` and `1`; other characters are ignored.
fn scan([first, last, low]: [u8; 3], bits: &str) -> Vec<u8> {
    let mut bits: Vec<_> = bits
        .bytes()
        .filter(|bit| matches!(bit, b'0' | b'1'))
        .collect();
    bits.resize(bits.len().next_multiple_of(8), b'1');
    let value = |byte: &[u8]| byte.iter().fold(0, |value, bit| value << 1 | (bit & 1));
    let mut scan = segment(0xDA, &[1, 1, 0, first, last, low]);
    for byte in bits.chunks(8).map(value) {
        scan.push(byte);
        if byte == 0xFF {
            scan.push(0);
        }
    }
    scan
}

const SEQUENTIAL: [u8; 3] = [0, 63, 0];

const EOI: &[u8] = b"\xFF\xD9";

fn is_refused(parts: &[Vec<u8>]) -> bool {
    let picture = [b"\xFF\xD8".as_slice(), &parts.concat()].concat();
    let found = reason(&picture, FileType::Jpg);
    assert!(found.is_none() || found == DAMAGED, "{found:?}");
    found.is_some()
}

fn with_tables(frame: Vec<u8>, rest: &[&[u8]]) -> bool {
    is_refused(&[
        quantisation(1),
        frame,
        dc_table(),
        ac_table(),
        rest.concat(),
    ])
}

fn sequential(bits: &str) -> bool {
    with_tables(frame(0xC0, 8, 8), &[&scan(SEQUENTIAL, bits), EOI])
}

/// A code of sixteen bits that no table defines.
const UNDEFINED: &str = "1111111111111111";

#[test]
fn a_code_that_no_table_defines_is_a_fault() {
    assert!(!sequential("0 0, 0 0"));
    assert!(sequential(&format!("0 0, {UNDEFINED}")));
    assert!(sequential(&format!("0 0, 0 {UNDEFINED}")));
}

#[test]
fn a_block_has_64_coefficients() {
    let coefficients = "10 1 ".repeat(63);
    assert!(!sequential(&format!("0 {coefficients}, 0 0")));
    assert!(!sequential("0 110 110 110 10 1 0, 0 0"));
    assert!(!sequential("0 110 110 110 0, 0 0"));
    assert!(sequential("0 110 110 110 110 0, 0 0"));
    assert!(!sequential("0 110 110 10 1 111110 1 0, 0 0"));
    assert!(sequential("0 110 110 110 111110 1 0, 0 0"));
    // A run of blocks occurs in progressive pictures only.
    assert!(sequential("0 11110 0 0 0 0 0 0 0 0 0 0 0 0"));
}

#[test]
fn coefficients_are_limited() {
    let ones = "1".repeat(12);
    assert!(!sequential(&format!("110 {} 0, 0 0", &ones[1..])));
    assert!(sequential(&format!("1110 {ones} 0, 0 0")));
    assert!(sequential(&format!("0 1110 {} 0, 0 0", &ones[1..])));
    // Samples of twelve bits have larger ones.
    let bits = format!("1110 {ones} 1110 {} 0, 0 0", &ones[1..]);
    let scan_ = scan(SEQUENTIAL, &bits);
    assert!(!with_tables(frame(0xC1, 12, 8), &[&scan_, EOI]));
    // DC coefficients are differences, and are multiplied.
    let bits = format!("110 {} 0, 110 {} 0", &ones[1..], &ones[1..]);
    assert!(!sequential(&bits));
    let parts = |number| {
        let tables = [
            quantisation(number),
            frame(0xC0, 8, 8),
            dc_table(),
            ac_table(),
        ];
        [tables.concat(), scan(SEQUENTIAL, &bits), EOI.to_vec()]
    };
    assert!(!is_refused(&parts(2)));
    assert!(is_refused(&parts(3)));
}

#[test]
fn a_marker_within_a_scan_is_a_fault() {
    let begun = scan(SEQUENTIAL, "0 0");
    let complete = scan(SEQUENTIAL, "0 0, 0 0");
    let empty = scan(SEQUENTIAL, "");
    for code in [1, 7, 0xBF, 0xD0, 0xD7, 0xC4, 0xDA, 0xE1, 0xFE] {
        let marker = [0xFF, code];
        let frame = frame(0xC0, 8, 8);
        assert!(
            with_tables(frame.clone(), &[&begun, &marker, b"\0\0\0"]),
            "{code:02X}"
        );
        assert!(
            !with_tables(frame, &[&complete, &marker, b"\0\0\0"]),
            "{code:02X}"
        );
    }
    assert!(with_tables(frame(0xC0, 8, 8), &[&begun, EOI]));
    // Nothing was encoded at all.
    assert!(!with_tables(frame(0xC0, 8, 8), &[&empty, EOI]));
    // A byte FF, with and without fill bytes.
    let filled = [
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        b"\0\0\xFF\xFF\0\xFF\xFF\xD9".as_slice(),
    ];
    assert!(!with_tables(frame(0xC0, 8, 8), &[&filled.concat()]));
    // The number of lines follows, or is redefined.
    let lines = b"\xFF\xDC\0\x04\0\x08\xFF\xD9";
    assert!(!with_tables(frame(0xC0, 8, 0), &[&begun, lines]));
    assert!(!with_tables(frame(0xC0, 8, 8), &[&begun, lines]));
}

#[test]
fn restart_markers_are_in_sequence() {
    let restarting = |interval, marker: u8| {
        let interval = segment(0xDD, &[0, interval]);
        let (begun, data) = (scan(SEQUENTIAL, "0 0"), [0xFF, marker, 0x3F]);
        with_tables(frame(0xC0, 8, 8), &[&interval, &begun, &data, EOI])
    };
    assert!(!restarting(1, 0xD0));
    assert!(restarting(1, 0xD1));
    assert!(restarting(2, 0xD0));
    assert!(restarting(0, 0xD0));
}

fn progressive(rest: &[&[u8]]) -> bool {
    let dc = scan([0, 0, 1], "0 0");
    let rest = rest.concat();
    with_tables(frame(0xC2, 8, 8), &[&dc, &rest, EOI])
}

#[test]
fn the_scans_of_a_progressive_picture_are_decoded() {
    let ac = |bits: &str| scan([1, 63, 0], bits);
    assert!(!progressive(&[&ac("10 1 0, 0")]));
    assert!(progressive(&[&ac("10 1 0, 11111111 11111111")]));
    assert!(progressive(&[&scan([1, 5, 0], "111110 1 0, 0")]));
    // Two blocks without coefficients, and three.
    assert!(!progressive(&[&ac("11110 0")]));
    assert!(progressive(&[&ac("11110 1")]));
    // Stray bytes before the next scan, and after the last one.
    assert!(!progressive(&[&ac("0 0"), &ac("0 0"), b"stray"]));
    assert!(progressive(&[&ac("0 0"), b"stray", &ac("0 0")]));
    // Both kinds of coefficients in one scan.
    assert!(progressive(&[&scan([0, 63, 0], "0 0, 0 0")]));
    // A scan that refines another one is skipped, but not one that has another marker.
    assert!(!progressive(&[&scan([1, 63, 0x10], UNDEFINED)]));
    assert!(progressive(&[
        &scan([1, 63, 0x10], UNDEFINED),
        b"\xFF\x07\0"
    ]));
}

#[test]
fn tables_are_complete() {
    let complete = scan(SEQUENTIAL, "0 0, 0 0");
    let end = [complete, EOI.to_vec()].concat();
    let frame = frame(0xC0, 8, 8);
    let header = [quantisation(1), frame.clone(), dc_table()].concat();
    // The abbreviated format omits quantisation tables.
    assert!(!is_refused(&[
        frame.clone(),
        dc_table(),
        ac_table(),
        end.clone()
    ]));
    // Motion JPEG omits Huffman tables. After stray bytes, they were lost.
    assert!(!is_refused(&[header.clone(), end.clone()]));
    let stray = [quantisation(1), b"stray".to_vec()].concat();
    assert!(is_refused(&[stray, header.clone(), end.clone()]));
    let question_mark = huffman(1, &[0, b'?']);
    assert!(!is_refused(&[
        header.clone(),
        huffman(1, &[0, b'>']),
        end.clone()
    ]));
    assert!(is_refused(&[header.clone(), question_mark, end.clone()]));
    // Three codes of one bit.
    let overfull = [&[0x10, 3][..], &[0; 15], &[0, 1, 2]].concat();
    assert!(is_refused(&[
        header.clone(),
        segment(0xC4, &overfull),
        end.clone()
    ]));
    let mut long = ac_table();
    long[3] += 1;
    assert!(is_refused(&[header.clone(), long, b"\0".to_vec(), end]));
}

#[test]
fn a_byte_after_a_table_with_an_inserted_cr_is_a_fault() {
    let rest = |stray: &[u8]| {
        let complete = scan(SEQUENTIAL, "0 0, 0 0");
        [
            stray,
            &frame(0xC0, 8, 8),
            &dc_table(),
            &ac_table(),
            &complete,
            EOI,
        ]
        .concat()
    };
    let mut table = quantisation(1);
    table[20] = b'\n';
    assert!(!is_refused(&[table.clone(), rest(b"\x01")]));
    table[19] = b'\r';
    assert!(!is_refused(&[table.clone(), rest(b"")]));
    assert!(!is_refused(&[table.clone(), rest(b"\x01\x01")]));
    assert!(is_refused(&[table, rest(b"\x01")]));
}

#[test]
fn stray_bytes_before_a_lost_scan_are_a_fault() {
    let rest = |bits| {
        let (tables, scan) = ([dc_table(), ac_table()].concat(), scan(SEQUENTIAL, bits));
        [frame(0xC0, 8, 8), tables, scan, EOI.to_vec()].concat()
    };
    let (table, stray) = (quantisation(1), b"stray".to_vec());
    let complete = rest("0 0, 0 0");
    assert!(!is_refused(&[table.clone(), stray.clone(), complete]));
    let mut cut = rest("0 0");
    cut.truncate(cut.len() - EOI.len());
    assert!(!is_refused(&[table.clone(), stray.clone(), cut]));
    // Without a scan, and with arithmetic coding.
    let (frame, other) = (frame(0xC0, 8, 8), frame(0xC9, 8, 8));
    for next in [EOI, b""] {
        assert!(!is_refused(&[table.clone(), frame.clone(), next.to_vec()]));
        let parts = [&table, &frame, &stray, next].map(<[u8]>::to_vec);
        // Stray bytes at the end are not followed by a segment.
        assert_eq!(is_refused(&parts), !next.is_empty(), "{next:02X?}");
    }
    assert!(is_refused(&[table, stray, other, EOI.to_vec()]));
}

#[test]
fn few_stray_bytes_precede_a_scan() {
    let header = [quantisation(1), frame(0xC0, 8, 8), dc_table(), ac_table()].concat();
    let complete = [scan(SEQUENTIAL, "0 0, 0 0"), EOI.to_vec()].concat();
    let refused = |count| is_refused(&[header.clone(), vec![b'x'; count], complete.clone()]);
    assert!(!refused(4096));
    assert!(refused(4097));
}

#[test]
fn a_picture_that_was_not_filled_is_refused() {
    let (file_type, photo) = sample("photo.jpg");
    let mut unfilled = photo.clone();
    unfilled[photo.len() / 8..].fill(0);
    assert_eq!(reason(&unfilled, file_type), DAMAGED);
    let padded = [photo.as_slice(), &vec![0; 2 * photo.len()]].concat();
    assert_eq!(reason(&padded, file_type), None);
}

#[test]
fn another_picture_within_a_scan_is_refused() {
    let (file_type, photo) = sample("photo.jpg");
    let resumed = [&photo[..photo.len() / 2], &photo].concat();
    assert_eq!(reason(&resumed, file_type), DAMAGED);
    let second = [photo.as_slice(), &photo].concat();
    assert_eq!(reason(&second, file_type), None);
}

#[test]
fn much_data_after_the_last_unit_is_refused() {
    let tables = [quantisation(1), frame(0xC0, 8, 8), dc_table(), ac_table()].concat();
    let complete = scan(SEQUENTIAL, "0 0, 0 0");
    let refused = |count| {
        is_refused(&[
            tables.clone(),
            complete.clone(),
            vec![b'x'; count],
            EOI.to_vec(),
        ])
    };
    assert!(!refused(64));
    assert!(refused(65));
}

#[test]
fn impossible_markers_beyond_the_decoded_data_are_refused() {
    let (file_type, photo) = sample("photo.jpg");
    let decoded = 32 * 1024 + 64;
    let mut damaged = photo.clone();
    let rest = &mut damaged[decoded..];
    let other = noise(rest.len());
    rest.copy_from_slice(&other);
    assert_eq!(reason(&damaged, file_type), DAMAGED);
    let mut few = photo;
    few[decoded..decoded + 2].copy_from_slice(b"\xFF\x55");
    assert_eq!(reason(&few, file_type), None);
}

#[test]
fn other_coding_is_not_examined() {
    let rest = [&scan(SEQUENTIAL, UNDEFINED), EOI];
    for code in [0xC0, 0xC1] {
        assert!(with_tables(frame(code, 8, 8), &rest), "{code:02X}");
    }
    for code in [0xC3, 0xC5, 0xC9, 0xCA] {
        assert!(!with_tables(frame(code, 8, 8), &rest), "{code:02X}");
    }
    // A sequential scan with the numbers of a progressive one, which libjpeg decodes.
    let other = scan([1, 5, 0], UNDEFINED);
    assert!(!with_tables(frame(0xC0, 8, 8), &[&other, EOI]));
}
