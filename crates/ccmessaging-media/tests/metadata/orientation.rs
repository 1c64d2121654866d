//! The orientation is kept, wherever it is.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::StripLevel;

use crate::build_picture::{
    Order, chunk, exif, join, jpg, orientation, png, raw_profile, text, tiff, xmp, zlib,
};
use crate::{LEVELS, remove};

/// An EXIF block with an orientation only, as it is written for one that was elsewhere.
fn block(value: u16) -> Vec<u8> {
    tiff(Order::Big, &[orientation(value)], &[])
}

/// A packet with an orientation in each form of RDF, and under another prefix.
fn packets(value: u16) -> [String; 4] {
    [
        format!("<x xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='{value}'/>"),
        format!("<x xmlns:t=\"http://ns.adobe.com/tiff/1.0/\"\nt:Orientation = \"{value}\"/>"),
        format!(
            "<x xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\"><tiff:Orientation>{value}</tiff:Orientation></x>"
        ),
        format!(
            "<x xmlns:t=\"http://ns.adobe.com/tiff/1.0/\"><t:Orientation>\n {value} </t:Orientation></x>"
        ),
    ]
}

#[test]
fn an_orientation_in_xmp_is_written_to_exif() {
    for value in 2..=8 {
        for packet in packets(value) {
            let itxt = join(&[b"XML:com.adobe.xmp\0\0\0\0\0", packet.as_bytes()]);
            let compressed = zlib(packet.as_bytes());
            let compressed = join(&[b"XML:com.adobe.xmp\0\x01\0\0\0", &compressed]);
            let expected = png(&[&chunk(b"eXIf", &block(value))]);
            for (format, file, expected) in [
                (
                    Format::Jpg,
                    jpg(&[&xmp(packet.as_bytes())]),
                    &jpg(&[&exif(&block(value))]),
                ),
                (Format::Png, png(&[&chunk(b"iTXt", &itxt)]), &expected),
                (Format::Png, png(&[&chunk(b"iTXt", &compressed)]), &expected),
            ] {
                let (stripped, _) = remove(format, &file, StripLevel::All);
                assert_eq!(stripped, *expected, "{packet}");
                assert!(stripped.len() <= file.len());
            }
        }
    }
}

#[test]
fn an_orientation_after_a_restart_marker_is_kept() {
    let [packet, ..] = packets(3);
    let segments = [xmp(packet.as_bytes()), exif(&block(6))];
    let [xmp, exif] = segments.each_ref().map(Vec::as_slice);
    for order in [[b"\xFF\xD0", xmp, exif], [xmp, b"\xFF\x01", exif]] {
        let (stripped, _) = remove(Format::Jpg, &jpg(&order), StripLevel::All);
        assert_eq!(stripped, jpg(&[exif]));
    }
}

#[test]
fn xmp_with_a_location_leaves_its_orientation() {
    let [packet, ..] = packets(6);
    let packet = format!("{packet}<exif:GPSLatitude>47");
    for level in LEVELS {
        let file = jpg(&[&xmp(packet.as_bytes())]);
        assert_eq!(
            remove(Format::Jpg, &file, level).0,
            jpg(&[&exif(&block(6))])
        );
        let text = join(&[b"XML:com.adobe.xmp\0\0\0\0\0", packet.as_bytes()]);
        let file = png(&[&chunk(b"iTXt", &text)]);
        let expected = png(&[&chunk(b"eXIf", &block(6))]);
        assert_eq!(remove(Format::Png, &file, level).0, expected);
    }
}

#[test]
fn an_orientation_in_exif_takes_precedence() {
    let [packet, ..] = packets(6);
    let packet = xmp(packet.as_bytes());
    let make = text(0x010F, b"Maker\0");
    for (in_exif, expected) in [
        (vec![orientation(1)], jpg(&[])),
        (vec![orientation(3)], jpg(&[&exif(&block(3))])),
        (vec![make], jpg(&[&exif(&block(6))])),
        (vec![orientation(9)], jpg(&[&exif(&block(6))])),
    ] {
        let in_exif = exif(&tiff(Order::Big, &in_exif, &[]));
        for file in [jpg(&[&packet, &in_exif]), jpg(&[&in_exif, &packet])] {
            assert_eq!(remove(Format::Jpg, &file, StripLevel::All).0, expected);
        }
    }
    let [packet, ..] = packets(6);
    let packet = chunk(
        b"iTXt",
        &join(&[b"XML:com.adobe.xmp\0\0\0\0\0", packet.as_bytes()]),
    );
    let file = png(&[&packet, &chunk(b"eXIf", &block(3))]);
    let (stripped, _) = remove(Format::Png, &file, StripLevel::All);
    assert_eq!(stripped, png(&[&chunk(b"eXIf", &block(3))]));
}

#[test]
fn other_values_in_xmp_are_no_orientation() {
    let [upright, ..] = packets(1);
    let [invalid, ..] = packets(9);
    for packet in [
        upright.as_str(),
        &invalid,
        "<x tiff:Orientation='6'/>",
        "<x xmlns:tiff='http://ns.adobe.com/tiff/1.0/' crs:Orientation='6'/>",
        "<x xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='60'/>",
        "<x xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation",
    ] {
        let file = jpg(&[&xmp(packet.as_bytes())]);
        assert_eq!(remove(Format::Jpg, &file, StripLevel::All).0, jpg(&[]));
    }
}

#[test]
fn an_orientation_after_the_identifier_of_a_jpg_is_kept() {
    let make = text(0x010F, b"Maker\0");
    let image = tiff(Order::Little, &[make, orientation(6)], &[]);
    let file = png(&[&chunk(b"eXIf", &join(&[b"Exif\0\0", &image]))]);
    let kept = tiff(Order::Little, &[orientation(6)], &[]);
    let (stripped, _) = remove(Format::Png, &file, StripLevel::All);
    assert_eq!(stripped, png(&[&chunk(b"eXIf", &kept)]));
}

#[test]
fn an_orientation_in_a_profile_is_kept() {
    let make = text(0x010F, b"Maker\0");
    let image = tiff(Order::Little, &[make, orientation(6)], &[]);
    let image = join(&[b"Exif\0\0", &image]);
    let [packet, ..] = packets(6);
    for (name, data) in [
        ("exif", image.as_slice()),
        ("APP1", &image),
        ("exif", &image[6..]),
        ("xmp", packet.as_bytes()),
    ] {
        let profile = raw_profile(name, data);
        let keyword = format!("Raw profile type {name}\0");
        let text = chunk(b"tEXt", &join(&[keyword.as_bytes(), &profile]));
        let compressed = join(&[keyword.as_bytes(), &[0], &zlib(&profile)]);
        let compressed = chunk(b"zTXt", &compressed);
        for level in LEVELS {
            for text in [&text, &compressed] {
                let (stripped, _) = remove(Format::Png, &png(&[text]), level);
                assert_eq!(stripped, png(&[&chunk(b"eXIf", &block(6))]), "{name}");
            }
        }
    }
    // EXIF precedes the picture data, even if the profile follows it.
    let keyword = b"Raw profile type exif\0";
    let text = chunk(b"tEXt", &join(&[keyword, &raw_profile("exif", &image)]));
    let picture = png(&[]);
    let (head, end) = picture.split_at(picture.len() - 12);
    let (stripped, _) = remove(Format::Png, &join(&[head, &text, end]), StripLevel::All);
    assert_eq!(stripped, png(&[&chunk(b"eXIf", &block(6))]));
}
