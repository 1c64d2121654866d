//! Names of locations in texts and properties of every format.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataKind, StripLevel};

use crate::build_picture::{
    Order, chunk, dataset, directory, exif, join, jpg, orientation, photoshop, png, raw_profile,
    resource, segment, text, tiff, xmp, zlib,
};
use crate::{LEVELS, assert_removed, contains, remove};

/// What Mapillary's app writes into an image description.
const MAPILLARY: &[u8] = b"{\"MAPLatitude\":55.6,\"MAPLongitude\":13.0}\0";

#[test]
fn xmp_is_judged_by_names_and_namespaces() {
    for (packet, has_location) in [
        (
            "<x xmlns:cell='http://developer.sonyericsson.com/cell/1.0/' cell:mcc='240'/>",
            true,
        ),
        ("<x SE:CellID='1234'/>", true),
        ("<x drone-dji:AbsoluteAltitude='+519.26'/>", true),
        ("<x drone-dji:GimbalYawDegree='+12.1'/>", false),
        (
            "<x xmlns:p='http://ns.adobe.com/photoshop/1.0/' p:State='BE'/>",
            true,
        ),
        ("<p:State>BE</p:State>", true),
        (
            "<State xmlns='http://ns.adobe.com/photoshop/1.0/'>BE</State>",
            true,
        ),
        ("<p:State\n>BE</p:State>", true),
        ("<x p:Status='final' q:EState='1'/>", false),
        (
            "<x xmlns:p='http://www.w3.org/2003/01/geo/wgs84_pos#' p:lat='47.3'/>",
            true,
        ),
        (
            "<x xmlns:d='http://rs.tdwg.org/dwc/terms/' d:locality='Bern'/>",
            true,
        ),
        ("<x xmlns:d='http://rs.tdwg.org/dwc/index.htm'/>", true),
        (
            "<dc:description>{&quot;MAPLatitude&quot;:55.6}</dc:description>",
            true,
        ),
        ("<!DOCTYPE x [<!ENTITY g 'G'>]><x/>", true),
        ("<dc:title>Bear</dc:title>", false),
    ] {
        let levels = if has_location { &LEVELS } else { &LEVELS[1..] };
        let itxt = join(&[b"XML:com.adobe.xmp\0\0\0\0\0", packet.as_bytes()]);
        let ztxt = join(&[b"XML:com.adobe.xmp\0\x01\0\0\0", &zlib(packet.as_bytes())]);
        for (format, with, without) in [
            (Format::Jpg, jpg(&[&xmp(packet.as_bytes())]), jpg(&[])),
            (Format::Png, png(&[&chunk(b"iTXt", &itxt)]), png(&[])),
            (Format::Png, png(&[&chunk(b"iTXt", &ztxt)]), png(&[])),
        ] {
            assert_removed(packet, format, &with, &without, MetadataKind::Xmp, levels);
        }
    }
}

#[test]
fn texts_of_exif_with_a_location_are_removed() {
    const DESCRIPTION: u16 = 0x010E;
    const USER_COMMENT: u16 = 0x9286;
    const AFCP_IPTC: u16 = 0x8568;

    let kept = |order| tiff(order, &[orientation(6)], &[]);
    let date = || text(0x9003, b"2026:01:02\0");
    for order in Order::BOTH {
        for (image, thumbnail) in [
            (vec![orientation(6), text(DESCRIPTION, MAPILLARY)], vec![]),
            (
                vec![orientation(6), text(DESCRIPTION, b"G\0P\0S\0 \x0047")],
                vec![],
            ),
            (
                vec![
                    orientation(6),
                    directory(0x8769, &[text(USER_COMMENT, MAPILLARY)]),
                ],
                vec![],
            ),
            (vec![orientation(6), text(AFCP_IPTC, b"Bern\0")], vec![]),
            (vec![orientation(6)], vec![text(DESCRIPTION, MAPILLARY)]),
        ] {
            let with = jpg(&[&exif(&tiff(order, &image, &thumbnail))]);
            let (stripped, removed) = remove(Format::Jpg, &with, StripLevel::Location);
            assert_eq!(stripped, jpg(&[&exif(&kept(order))]));
            assert_eq!(removed, [MetadataKind::Exif]);
        }
        // Other texts, and other entries beside a text with a location, are kept.
        let photo = directory(0x8769, &[date()]);
        let with = [
            text(DESCRIPTION, MAPILLARY),
            text(0x010F, b"Maker\0"),
            photo,
        ];
        let file = jpg(&[&exif(&tiff(order, &with, &[]))]);
        let (stripped, _) = remove(Format::Jpg, &file, StripLevel::Location);
        assert_eq!(stripped, jpg(&[&exif(&tiff(order, &with[1..], &[]))]));
    }
}

#[test]
fn captions_of_iptc_with_a_location_are_removed() {
    let iptc = |datasets: &[&[u8]]| photoshop(&[&resource(0x0404, &datasets.concat())]);
    let title = dataset(5, b"Bear");
    let with = jpg(&[&iptc(&[&title, &dataset(120, MAPILLARY)])]);
    let (stripped, removed) = remove(Format::Jpg, &with, StripLevel::Location);
    assert_eq!(stripped, jpg(&[&iptc(&[&title])]));
    assert_eq!(removed, [MetadataKind::Iptc]);
}

#[test]
fn image_resources_with_metadata_of_their_own_are_removed() {
    let resolution = resource(0x03ED, &[0, 72]);
    let thumbnail = |inside: &[u8]| resource(0x040C, &join(&[&[0; 28], b"\xFF\xD8", inside]));
    let nested = exif(&tiff(Order::Big, &[orientation(6)], &[]));
    for removed in [
        thumbnail(&nested),
        thumbnail(&xmp(b"")),
        resource(0x040B, b"geo:47,8"),
    ] {
        let with = jpg(&[&photoshop(&[&resolution, &removed])]);
        let (stripped, _) = remove(Format::Jpg, &with, StripLevel::Location);
        assert_eq!(stripped, jpg(&[&photoshop(&[&resolution])]));
    }
    let plain = jpg(&[&photoshop(&[&resolution, &thumbnail(b"scan")])]);
    assert_eq!(remove(Format::Jpg, &plain, StripLevel::Location).0, plain);
}

#[test]
fn texts_with_a_location_are_removed() {
    let comment = jpg(&[&segment(0xFE, MAPILLARY)]);
    assert_removed(
        "comment",
        Format::Jpg,
        &comment,
        &jpg(&[]),
        MetadataKind::Text,
        &LEVELS,
    );
    for (kind, data) in [
        (b"tEXt", join(&[b"Description\0", MAPILLARY])),
        (b"zTXt", join(&[b"Description\0\0", &zlib(MAPILLARY)])),
        (b"iTXt", join(&[b"Description\0\0\0\0\0", MAPILLARY])),
        (
            b"iTXt",
            join(&[b"Description\0\x01\0\0\0", &zlib(MAPILLARY)]),
        ),
    ] {
        let with = png(&[&chunk(kind, &data)]);
        assert_removed(
            "text",
            Format::Png,
            &with,
            &png(&[]),
            MetadataKind::Text,
            &LEVELS,
        );
    }
}

#[test]
fn a_text_that_is_long_when_decompressed_is_removed() {
    // Each is searched at a cost; after 256 KiB in total, texts count as ones with a location.
    let text = chunk(b"zTXt", &join(&[b"Title\0\0", &zlib(&vec![b'x'; 60_000])]));
    let [few, many] = [4, 6].map(|count| png(&[&text.repeat(count)]));
    assert_eq!(remove(Format::Png, &few, StripLevel::Location).0, few);
    let (stripped, _) = remove(Format::Png, &many, StripLevel::Location);
    assert_eq!(stripped, few);
    let tiny = chunk(b"zTXt", &join(&[b"Title\0\0", &zlib(b"")]));
    let (stripped, _) = remove(
        Format::Png,
        &png(&[&tiny.repeat(10_000)]),
        StripLevel::Location,
    );
    assert!(contains(&stripped, b"zTXt"));
    assert!(stripped.len() < 300 * tiny.len());
}

#[test]
fn profiles_are_recognised_in_any_case() {
    let block = tiff(Order::Big, &[text(0x010F, b"Maker\0")], &[]);
    for keyword in [
        "Raw profile type exif",
        "raw profile type EXIF",
        "RAW PROFILE TYPE APP1",
    ] {
        let data = join(&[keyword.as_bytes(), b"\0", &raw_profile("exif", &block)]);
        let with = png(&[&chunk(b"tEXt", &data)]);
        assert_removed(
            keyword,
            Format::Png,
            &with,
            &png(&[]),
            MetadataKind::Exif,
            &LEVELS,
        );
    }
}

#[test]
fn searching_takes_linear_time() {
    // In quadratic time, each of these would take minutes.
    for part in [
        b"\0\0".as_slice(),
        b"l\0\0\0",
        b"longtitud",
        b"State",
        b"<!DOC",
    ] {
        let text = join(&[b"Title\0", &part.repeat(1_000_000 / part.len())]);
        let file = png(&[&chunk(b"tEXt", &text)]);
        assert_eq!(remove(Format::Png, &file, StripLevel::Location).0, file);
    }
    let orientation = b" xmlns:t='http://ns.adobe.com/tiff/1.0/' t:Orientation=";
    for part in [
        b" ".as_slice(),
        b"t:Orientation ",
        b"xmlns:t='http://ns.adobe.com/tiff/1.0/'",
    ] {
        let packet = join(&[orientation, &part.repeat(1_000_000 / part.len())]);
        let text = join(&[b"XML:com.adobe.xmp\0\0\0\0\0", &packet]);
        let file = png(&[&chunk(b"iTXt", &text)]);
        assert_eq!(remove(Format::Png, &file, StripLevel::All).0, png(&[]));
    }
}
