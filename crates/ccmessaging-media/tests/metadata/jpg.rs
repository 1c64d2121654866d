//! Segments of a JPG, and the bytes between and after them.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataKind, StripLevel};

use crate::build_picture::{
    Order, XMP, dataset, exif, frame, join, jpg, orientation, photoshop, resource, segment, tiff,
};
use crate::{LEVELS, assert_kept, assert_removed, contains, error, remove};

#[test]
fn what_is_needed_to_show_the_picture_is_kept() {
    let icc = join(&[b"ICC_PROFILE\0\x01\x01", &[7; 100]]);
    for (code, data) in [
        (0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0".as_slice()),
        (0xE0, b"AVI1\x01\0\0\0"),
        (0xE2, &icc),
        (0xEE, b"Adobe\0\x64\0\0\0\0\x01"),
        (0xC4, &[0; 20]),
        (0xDD, &[0, 4]),
    ] {
        assert_kept(Format::Jpg, &jpg(&[&segment(code, data)]));
    }
}

#[test]
fn metadata_without_a_location_is_removed_by_all_only() {
    for (name, code, data, kind) in [
        ("comment", 0xFE, b"home".as_slice(), MetadataKind::Text),
        (
            "XMP",
            0xE1,
            &join(&[XMP, b"<xmp:Rating>4"]),
            MetadataKind::Xmp,
        ),
        ("IPTC", 0xED, b"Photoshop 3.0\0", MetadataKind::Iptc),
    ] {
        let file = jpg(&[&segment(code, data)]);
        assert_removed(
            name,
            Format::Jpg,
            &file,
            &jpg(&[]),
            kind,
            &[StripLevel::All],
        );
    }
}

#[test]
fn metadata_with_a_possible_location_is_removed_at_both_levels() {
    for (name, code, data, kind) in [
        (
            "XMP",
            0xE1,
            join(&[XMP, b"<exif:GPSLatitude>47"]),
            MetadataKind::Xmp,
        ),
        (
            "XMP in UTF-16",
            0xE1,
            join(&[XMP, b"\xFE\xFF\0<\0x"]),
            MetadataKind::Xmp,
        ),
        (
            "extended XMP",
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0".to_vec(),
            MetadataKind::Xmp,
        ),
        (
            "JFIF's other thumbnail",
            0xE0,
            b"JFXX\0".to_vec(),
            MetadataKind::Thumbnail,
        ),
        (
            "index of further pictures",
            0xE2,
            b"MPF\0".to_vec(),
            MetadataKind::Vendor,
        ),
        (
            "GoPro's telemetry",
            0xE6,
            b"GoPro\0".to_vec(),
            MetadataKind::Vendor,
        ),
        (
            "content credentials",
            0xEB,
            b"JP\0".to_vec(),
            MetadataKind::Vendor,
        ),
        (
            "an unknown one",
            0xE1,
            b"GPS".to_vec(),
            MetadataKind::Vendor,
        ),
        ("an empty one", 0xEF, Vec::new(), MetadataKind::Vendor),
    ] {
        let file = jpg(&[&segment(code, &data)]);
        assert_removed(name, Format::Jpg, &file, &jpg(&[]), kind, &LEVELS);
    }
}

#[test]
fn a_file_without_metadata_is_not_copied() {
    assert_kept(Format::Jpg, &jpg(&[]));
}

#[test]
fn a_thumbnail_within_jfif_is_cut_out() {
    let with = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01rgb");
    let without = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    let (stripped, removed) = remove(Format::Jpg, &jpg(&[&with]), StripLevel::All);
    assert_eq!(
        (stripped, removed),
        (jpg(&[&without]), vec![MetadataKind::Thumbnail])
    );
    let (stripped, _) = remove(Format::Jpg, &jpg(&[&with]), StripLevel::Location);
    assert_eq!(stripped, jpg(&[&with]));
}

#[test]
fn what_follows_adobes_twelve_bytes_is_cut_off() {
    let adobe = b"Adobe\0\x64\0\0\0\0\x01".as_slice();
    let with = jpg(&[&segment(0xEE, &join(&[adobe, b"GPS 50.1N 8.6E"]))]);
    let without = jpg(&[&segment(0xEE, adobe)]);
    assert_removed(
        "a location",
        Format::Jpg,
        &with,
        &without,
        MetadataKind::Vendor,
        &LEVELS,
    );
}

#[test]
fn the_orientation_is_the_first_segments() {
    let [first, second] = [6, 3].map(|value| exif(&tiff(Order::Big, &[orientation(value)], &[])));
    let (stripped, _) = remove(Format::Jpg, &jpg(&[&first, &second]), StripLevel::All);
    assert_eq!(stripped, jpg(&[&first]));
}

#[test]
fn datasets_with_a_location_are_removed_from_iptc() {
    let keyword = dataset(25, b"bear");
    let long = join(&[b"\x1C\x02\x78\x80\x04\0\0\0\x05", b"A bear"[..5].as_ref()]);
    let mut places = Vec::new();
    for number in [26, 27, 90, 92, 95, 100, 101] {
        places.extend(dataset(number, b"Bern"));
    }
    let iptc = |datasets: &[&[u8]]| resource(0x0404, &datasets.concat());
    let resolution = resource(0x03ED, &[0, 72]);
    let digest = resource(0x0425, &[5; 16]);
    let exif_copy = resource(0x0422, b"MM\0*");

    let file = jpg(&[&photoshop(&[
        &resolution,
        &iptc(&[&keyword, &places, &long]),
        &exif_copy,
        &digest,
    ])]);
    let (stripped, removed) = remove(Format::Jpg, &file, StripLevel::Location);
    let kept = jpg(&[&photoshop(&[&resolution, &iptc(&[&keyword, &long])])]);
    assert_eq!((stripped, removed), (kept, vec![MetadataKind::Iptc]));

    // Without a location the digest is kept.
    let file = jpg(&[&photoshop(&[&iptc(&[&keyword, &long]), &digest])]);
    assert_eq!(remove(Format::Jpg, &file, StripLevel::Location).0, file);
}

#[test]
fn incomplete_image_resources_are_removed() {
    let whole = resource(0x0404, &dataset(25, b"bear"));
    for (name, resources) in [
        ("cut off", whole[..whole.len() - 4].to_vec()),
        ("of another kind", b"GPS GPS GPS ".to_vec()),
        ("with a dataset that is none", resource(0x0404, b"GPS")),
        (
            "with a dataset that is cut off",
            resource(0x0404, &dataset(25, b"bear")[..7]),
        ),
        (
            "with a location alone",
            resource(0x0404, &dataset(90, b"Bern")),
        ),
    ] {
        let (stripped, removed) = remove(
            Format::Jpg,
            &jpg(&[&photoshop(&[&resources])]),
            StripLevel::Location,
        );
        assert!(!contains(&stripped, b"GPS"), "{name}");
        assert!(!contains(&stripped, b"Bern"), "{name}");
        assert_eq!(removed, [MetadataKind::Iptc], "{name}");
    }
}

#[test]
fn what_follows_the_end_is_cut_off() {
    let second = jpg(&[&exif(&tiff(Order::Big, &[orientation(6)], &[]))]);
    for (name, behind) in [
        ("a video", b"\0\0\0\x18ftypmp42".to_vec()),
        ("another picture", second),
        ("zeros", vec![0; 100]),
    ] {
        for level in LEVELS {
            let file = join(&[&jpg(&[]), &behind]);
            let (stripped, removed) = remove(Format::Jpg, &file, level);
            assert_eq!(
                (stripped, removed),
                (jpg(&[]), vec![MetadataKind::Unused]),
                "{name}"
            );
        }
    }
    // Where the end itself is missing, the next picture's beginning is one.
    let unended = join(&[b"\xFF\xD8", &frame()]);
    let (stripped, _) = remove(Format::Jpg, &join(&[&unended, &jpg(&[])]), StripLevel::All);
    assert_eq!(stripped, unended);
}

#[test]
fn segments_are_found_between_the_scans_too() {
    let comment = segment(0xFE, b"home");
    let scans = |between: &[u8]| join(&[b"\xFF\xD8", &frame(), between, &frame(), b"\xFF\xD9"]);
    let (stripped, _) = remove(Format::Jpg, &scans(&comment), StripLevel::All);
    assert_eq!(stripped, scans(b""));
}

#[test]
fn fill_bytes_are_removed_with_the_segment_that_they_precede() {
    let file = jpg(&[b"\xFF\xFF", &segment(0xFE, b"home")]);
    assert_eq!(remove(Format::Jpg, &file, StripLevel::All).0, jpg(&[]));
    assert_kept(Format::Jpg, &jpg(&[b"\xFF\xFF", &segment(0xDB, &[0; 65])]));
}

#[test]
fn stray_bytes_belong_to_the_segment_in_front_of_them() {
    // A length that is too short leaves the end of a segment outside.
    let mut exif = exif(&tiff(Order::Big, &[orientation(6)], &[]));
    exif[3] -= 10;
    for stray in [b"GPS".as_slice(), b"\xFF\0GPS", b"\0\0"] {
        let file = jpg(&[&exif, stray]);
        let (stripped, removed) = remove(Format::Jpg, &file, StripLevel::All);
        assert!(!contains(&stripped, b"GPS"));
        assert!(removed.contains(&MetadataKind::Exif));
    }
    let file = join(&[
        b"\xFF\xD8",
        &frame(),
        &segment(0xFE, b"ho"),
        b"me",
        &frame(),
    ]);
    let (stripped, removed) = remove(Format::Jpg, &file, StripLevel::All);
    assert_eq!(stripped, join(&[b"\xFF\xD8", &frame(), &frame()]));
    assert_eq!(removed, [MetadataKind::Text, MetadataKind::Unused]);
}

#[test]
fn stray_bytes_before_the_first_scan_are_removed() {
    let tables = segment(0xDB, &[0; 65]);
    for (name, stray) in [
        ("a location", b"GPS 50.1N 8.6E".as_slice()),
        ("a location after a stuffed byte", b"\xFF\0GPS 50.1N 8.6E"),
        ("zeros", b"\0\0"),
        ("restart markers", b"\xFF\xD0\xFF\xD7"),
        (
            "a location after a temporary marker",
            b"\xFF\x01GPS 50.1N 8.6E",
        ),
    ] {
        for (with, without) in [
            (jpg(&[&tables, stray]), jpg(&[&tables])),
            (jpg(&[&tables, stray, &tables]), jpg(&[&tables, &tables])),
            (jpg(&[stray, &tables]), jpg(&[&tables])),
        ] {
            assert_removed(
                name,
                Format::Jpg,
                &with,
                &without,
                MetadataKind::Unused,
                &LEVELS,
            );
        }
    }
}

#[test]
fn codes_that_begin_no_segment_are_picture_data_within_a_scan() {
    for code in [
        b"\xFF\x02".as_slice(),
        b"\xFF\x01",
        b"\xFF\xF7\0\x04",
        b"\xFF\xE1\0\x01",
    ] {
        let file = join(&[b"\xFF\xD8", &frame(), code, b"more scan\xFF\xD9"]);
        assert_kept(Format::Jpg, &file);
    }
}

#[test]
fn a_picture_may_be_cut_off_after_the_first_scan() {
    let whole = join(&[b"\xFF\xD8", &frame(), &frame(), b"\xFF\xD9"]);
    for end in 2 + frame().len()..whole.len() {
        assert_kept(Format::Jpg, &whole[..end]);
    }
    let cut_comment = join(&[b"\xFF\xD8", &frame(), b"\xFF\xFE\0\x40home"]);
    let (stripped, _) = remove(Format::Jpg, &cut_comment, StripLevel::All);
    assert_eq!(stripped, join(&[b"\xFF\xD8", &frame()]));
}

#[test]
fn a_file_that_cannot_be_walked_is_refused() {
    let cut_off = jpg(&[&segment(0xE1, b"GPS")])[..8].to_vec();
    for (name, file, position) in [
        ("nothing", Vec::new(), 0),
        ("another format", b"GIF89a".to_vec(), 0),
        ("no picture", b"\xFF\xD8\xFF\xD9".to_vec(), 2),
        ("cut off in front of the picture", cut_off, 8),
        (
            "a code that begins no segment",
            jpg(&[b"\xFF\x02\0\x04"]),
            2,
        ),
        ("JPEG-LS", jpg(&[b"\xFF\xF7\0\x04"]), 2),
        (
            "restarts of no scan",
            b"\xFF\xD8\xFF\xD0\xFF\xD1".to_vec(),
            6,
        ),
        ("a length that is none", jpg(&[b"\xFF\xE1\0\x01"]), 2),
    ] {
        let error = error(Format::Jpg, &file);
        assert_eq!(error.position(), position, "{name}");
        assert_eq!(
            error.to_string(),
            format!(
                "the jpg file is damaged at byte {position}, so its metadata cannot be removed; \
                 save it again and send the new file"
            ),
            "{name}"
        );
    }
}
