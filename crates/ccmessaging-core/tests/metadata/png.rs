//! What becomes of each chunk of a PNG.

use ccmessaging_core::FileType;
use ccmessaging_core::metadata::{Kind, Removal};

use crate::build_picture::{Order, chunk, directory, join, orientation, png, text, tiff};
use crate::{LEVELS, error, remove, stays};

#[test]
fn each_chunk_has_its_rule() {
    let table: &[(&str, &[u8; 4], &[u8], Option<Kind>, Option<Kind>)] = &[
        ("palette", b"PLTE", &[0; 3], None, None),
        ("Apple's variant", b"CgBI", &[0; 4], None, None),
        ("transparency", b"tRNS", &[0; 6], None, None),
        ("ICC profile", b"iCCP", b"sRGB\0\0profile", None, None),
        ("sRGB", b"sRGB", &[0], None, None),
        ("gamma", b"gAMA", &[0; 4], None, None),
        ("physical size", b"pHYs", &[0; 9], None, None),
        ("animation", b"acTL", &[0; 8], None, None),
        ("frame", b"fcTL", &[0; 26], None, None),
        ("frame data", b"fdAT", &[0; 9], None, None),
        ("time", b"tIME", &[0; 7], None, Some(Kind::Time)),
        ("text", b"tEXt", b"Title\0Bear", None, Some(Kind::Text)),
        (
            "compressed text",
            b"zTXt",
            b"Title\0\0...",
            None,
            Some(Kind::Text),
        ),
        (
            "international text",
            b"iTXt",
            b"Title\0\0\0\0\0Bear",
            None,
            Some(Kind::Text),
        ),
        ("text without an end", b"tEXt", b"", None, Some(Kind::Text)),
        (
            "text of a place",
            b"tEXt",
            b"exif:GPSLatitude\x0047",
            Some(Kind::Text),
            Some(Kind::Text),
        ),
        (
            "text of a place in capitals",
            b"zTXt",
            b"CITY\0\0...",
            Some(Kind::Text),
            Some(Kind::Text),
        ),
        (
            "EXIF in digits",
            b"zTXt",
            b"Raw profile type exif\0\0...",
            Some(Kind::Exif),
            Some(Kind::Exif),
        ),
        (
            "IPTC in digits",
            b"tEXt",
            b"Raw profile type iptc\0...",
            Some(Kind::Iptc),
            Some(Kind::Iptc),
        ),
        (
            "XMP in digits",
            b"tEXt",
            b"Raw profile type xmp\0...",
            Some(Kind::Xmp),
            Some(Kind::Xmp),
        ),
        (
            "XMP",
            b"iTXt",
            b"XML:com.adobe.xmp\0\0\0\0\0<xmp:Rating>4",
            None,
            Some(Kind::Xmp),
        ),
        (
            "XMP with a place",
            b"iTXt",
            b"XML:com.adobe.xmp\0\0\0\0\0<photoshop:City>Bern",
            Some(Kind::Xmp),
            Some(Kind::Xmp),
        ),
        (
            "compressed XMP",
            b"iTXt",
            b"XML:com.adobe.xmp\0\x01\0\0\0...",
            Some(Kind::Xmp),
            Some(Kind::Xmp),
        ),
        (
            "XMP that is cut off",
            b"iTXt",
            b"XML:com.adobe.xmp\0\0\0",
            Some(Kind::Xmp),
            Some(Kind::Xmp),
        ),
        (
            "content credentials",
            b"caBX",
            b"Bern",
            Some(Kind::Vendor),
            Some(Kind::Vendor),
        ),
        (
            "Apple's hints",
            b"iDOT",
            &[0; 28],
            Some(Kind::Vendor),
            Some(Kind::Vendor),
        ),
    ];
    let clean = png(&[]);
    for (name, kind, data, by_location, by_all) in table {
        let file = png(&[&chunk(kind, data)]);
        for (level, expected) in LEVELS.into_iter().zip([by_location, by_all]) {
            let (stripped, removed) = remove(FileType::Png, &file, level);
            assert_eq!(removed, expected.as_slice(), "{name}, {level:?}");
            let expected = if expected.is_some() { &clean } else { &file };
            assert_eq!(&stripped, expected, "{name}, {level:?}");
        }
    }
}

#[test]
fn a_file_without_metadata_is_not_copied() {
    stays(FileType::Png, &png(&[]));
}

#[test]
fn what_follows_the_end_is_cut_off() {
    for level in LEVELS {
        let file = join(&[&png(&[]), b"the rest of a larger picture"]);
        let (stripped, removed) = remove(FileType::Png, &file, level);
        assert_eq!((stripped, removed), (png(&[]), vec![Kind::Unused]));
    }
}

#[test]
fn a_picture_may_be_cut_off() {
    let whole = png(&[]);
    for end in 8..whole.len() {
        stays(FileType::Png, &whole[..end]);
    }
    let with_text = join(&[&whole[..33], &chunk(b"tEXt", b"Title\0Bear")]);
    for end in 33 + 8..=with_text.len() {
        let (stripped, _) = remove(FileType::Png, &with_text[..end], Removal::All);
        assert_eq!(stripped, &whole[..33]);
    }
}

#[test]
fn a_chunk_that_is_cut_off_is_not_written_anew() {
    let place = directory(0x8825, &[text(1, b"N")]);
    let exif = chunk(b"eXIf", &tiff(Order::Big, &[orientation(6), place], &[]));
    let head = &png(&[])[..33];
    for level in LEVELS {
        let file = join(&[head, &exif[..exif.len() - 1]]);
        assert_eq!(remove(FileType::Png, &file, level).0, head);
    }
}

#[test]
fn a_file_that_cannot_be_walked_is_refused() {
    let head = &png(&[])[..33];
    for (name, file, position) in [
        ("nothing", Vec::new(), 0),
        ("another format", b"GIF89a".to_vec(), 0),
        (
            "a type that is none",
            join(&[head, &chunk(b"t\0Xt", b"GPS")]),
            33,
        ),
        (
            "a length that is none",
            join(&[head, b"\x80\0\0\0IDAT"]),
            33,
        ),
    ] {
        let error = error(FileType::Png, &file);
        assert_eq!(error.position(), position, "{name}");
        assert_eq!(
            error.to_string(),
            format!(
                "the png file is damaged at byte {position}, so that its metadata cannot be removed; \
                 save it anew and send that"
            )
        );
    }
}
