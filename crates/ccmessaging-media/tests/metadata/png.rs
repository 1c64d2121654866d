//! Chunks of a PNG.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataKind, StripLevel};

use crate::build_picture::{Order, chunk, directory, join, orientation, png, text, tiff, zlib};
use crate::{LEVELS, assert_kept, assert_removed, error, remove};

#[test]
fn what_is_needed_to_show_the_picture_is_kept() {
    for kind in [
        b"PLTE", b"CgBI", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
        b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"oFFs", b"sTER",
    ] {
        assert_kept(Format::Png, &png(&[&chunk(kind, b"GPS")]));
    }
}

#[test]
fn metadata_without_a_location_is_removed_by_all_only() {
    for (kind, data, reported) in [
        (b"tIME", [0; 7].as_slice(), MetadataKind::Time),
        (b"tEXt", b"Title\0Bear", MetadataKind::Text),
        (
            b"zTXt",
            &join(&[b"Title\0\0", &zlib(b"Bear")]),
            MetadataKind::Text,
        ),
        (
            b"iTXt",
            &join(&[b"Title\0\x01\0\0\0", &zlib(b"Bear")]),
            MetadataKind::Text,
        ),
        (b"iTXt", b"Title\0\0\0\0\0Bear", MetadataKind::Text),
        (b"tEXt", b"", MetadataKind::Text),
        (
            b"iTXt",
            b"XML:com.adobe.xmp\0\0\0\0\0<xmp:Rating>4",
            MetadataKind::Xmp,
        ),
        (
            b"iTXt",
            &join(&[b"XML:com.adobe.xmp\0\x01\0\0\0", &zlib(b"<xmp:Rating>4")]),
            MetadataKind::Xmp,
        ),
    ] {
        let file = png(&[&chunk(kind, data)]);
        let name = String::from_utf8_lossy(data);
        assert_removed(
            &name,
            Format::Png,
            &file,
            &png(&[]),
            reported,
            &[StripLevel::All],
        );
    }
}

#[test]
fn metadata_with_a_possible_location_is_removed_at_both_levels() {
    for (name, kind, data, reported) in [
        (
            "text",
            b"tEXt",
            b"exif:GPSLatitude\x0047".as_slice(),
            MetadataKind::Text,
        ),
        (
            "text in capitals",
            b"zTXt",
            b"CITY\0\0...",
            MetadataKind::Text,
        ),
        (
            "EXIF in digits",
            b"zTXt",
            b"Raw profile type exif\0\0...",
            MetadataKind::Exif,
        ),
        (
            "IPTC in digits",
            b"tEXt",
            b"Raw profile type iptc\0...",
            MetadataKind::Iptc,
        ),
        (
            "XMP in digits",
            b"tEXt",
            b"Raw profile type xmp\0...",
            MetadataKind::Xmp,
        ),
        (
            "others in digits",
            b"tEXt",
            b"Raw profile type maker\0...",
            MetadataKind::Vendor,
        ),
        (
            "XMP",
            b"iTXt",
            b"XML:com.adobe.xmp\0\0\0\0\0<photoshop:City>Bern",
            MetadataKind::Xmp,
        ),
        (
            "compressed XMP",
            b"iTXt",
            b"XML:com.adobe.xmp\0\x01\0\0\0...",
            MetadataKind::Xmp,
        ),
        (
            "XMP that is cut off",
            b"iTXt",
            b"XML:com.adobe.xmp\0\0\0",
            MetadataKind::Xmp,
        ),
        (
            "EXIF in digits, in another case",
            b"tEXt",
            b"raw profile type EXIF\0...",
            MetadataKind::Exif,
        ),
        (
            "a text that cannot be decompressed",
            b"zTXt",
            b"Title\0\0...",
            MetadataKind::Text,
        ),
        (
            "content credentials",
            b"caBX",
            b"Bern",
            MetadataKind::Vendor,
        ),
        ("Apple's hints", b"iDOT", &[0; 28], MetadataKind::Vendor),
    ] {
        let file = png(&[&chunk(kind, data)]);
        assert_removed(name, Format::Png, &file, &png(&[]), reported, &LEVELS);
    }
}

#[test]
fn a_file_without_metadata_is_not_copied() {
    assert_kept(Format::Png, &png(&[]));
}

#[test]
fn what_follows_the_end_is_cut_off() {
    for level in LEVELS {
        let file = join(&[&png(&[]), b"the rest of a larger picture"]);
        let (stripped, removed) = remove(Format::Png, &file, level);
        assert_eq!((stripped, removed), (png(&[]), vec![MetadataKind::Unused]));
    }
}

#[test]
fn the_end_is_empty() {
    let end = chunk(b"IEND", b"");
    let picture = png(&[]);
    let head = &picture[..picture.len() - end.len()];
    let with_place = join(&[head, &chunk(b"IEND", b"GPS 50.1N 8.6E")]);
    for (name, file, expected) in [
        ("whole", with_place.as_slice(), picture.as_slice()),
        ("cut off", &with_place[..with_place.len() - 5], head),
    ] {
        assert_removed(
            name,
            Format::Png,
            file,
            expected,
            MetadataKind::Unused,
            &LEVELS,
        );
    }
    assert!(picture.ends_with(b"\0\0\0\0IEND\xAE\x42\x60\x82"));
}

#[test]
fn a_picture_may_be_cut_off() {
    let whole = png(&[]);
    for end in 8..whole.len() {
        assert_kept(Format::Png, &whole[..end]);
    }
    let with_text = join(&[&whole[..33], &chunk(b"tEXt", b"Title\0Bear")]);
    for end in 33 + 8..=with_text.len() {
        let (stripped, _) = remove(Format::Png, &with_text[..end], StripLevel::All);
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
        assert_eq!(remove(Format::Png, &file, level).0, head);
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
        let error = error(Format::Png, &file);
        assert_eq!(error.position(), position, "{name}");
        assert_eq!(
            error.to_string(),
            format!(
                "the png file is damaged at byte {position}, so its metadata cannot be removed; \
                 save it again and send the new file"
            )
        );
    }
}
