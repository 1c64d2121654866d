//! Properties of any input.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, StripLevel};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::build_mp4::{free_form, hdlr, mp4, mp4_box, tables, track, track_with};
use crate::build_picture::{
    Entry, Order, chunk, directory, exif, join, jpg, orientation, png, raw_profile, segment, text,
    tiff, xmp, zlib,
};
use crate::mp4_unknown::in_containers;

fn block(order: Order) -> Vec<u8> {
    let image: [Entry; 4] = [
        text(0x010F, b"Maker\0"),
        orientation(6),
        directory(0x8769, &[text(0x927C, b"Landmark: Bern\0")]),
        directory(0x8825, &[text(1, b"N"), text(29, b"2026:01:02\0")]),
    ];
    tiff(order, &image, &[text(0x0201, b"\xFF\xD8\xFF\xE1")])
}

fn files() -> Vec<(Format, Vec<u8>)> {
    let exif = exif(&block(Order::Little));
    let iptc =
        b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x12\x1C\x02\x5A\0\x04Bern\x1C\x02\x19\0\x04bear";
    let jpg = jpg(&[&segment(0xFE, b"home"), &exif, &segment(0xED, iptc)]);
    let picture = png(&[
        &chunk(b"tEXt", b"City\0Bern"),
        &chunk(b"eXIf", &block(Order::Big)),
        &chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<exif:GPSLatitude>"),
    ]);
    let reference = mp4_box(b"tref", &mp4_box(b"cdsc", &2_u32.to_be_bytes()));
    let video = track_with(1, b"vide", &tables(&[(0, 4), (8, 4)]), &[], &reference);
    let udta = mp4_box(b"udta", &mp4_box(b"\xA9xyz", b"+47.3769"));
    let item = mp4_box(b"ilst", &mp4_box(b"\xA9nam", b"Bear"));
    let meta = mp4_box(
        b"meta",
        &join(&[&mp4_box(b"hdlr", b"\0\0\0\0\0\0\0\0mdir"), &item]),
    );
    let file = mp4(
        b"dataGPS.data",
        &[&video, &track(2, b"meta", &[(4, 4)])],
        &join(&[&udta, &meta, &mp4_box(b"free", b"freeGPS ")]),
    );
    let mut files = vec![
        (Format::Jpg, join(&[&jpg, b"behind"])),
        (Format::Png, join(&[&picture, b"behind"])),
        (Format::Mp4, file),
    ];
    files.extend(turned());
    let delay = free_form(b"iTunSMPB", b" 00000000 00000840");
    let items = mp4_box(b"ilst", &join(&[&delay, &mp4_box(b"\xA9nam", b"Bear")]));
    let meta = mp4_box(b"meta", &join(&[&[0; 4], &hdlr(b"mdir", b"Ada"), &items]));
    let iods = mp4_box(b"iods", b"\0\0\0\0\x10\x07\0\x4F\xFF\xFF\x29\x7F\xFF");
    let children = join(&[
        &mp4_box(b"udta", &meta),
        &iods,
        &mp4_box(b"GPS ", b"47.3769"),
    ]);
    let containers = in_containers(&children).into_iter();
    files.extend(containers.map(|(_, file)| (Format::Mp4, file)));
    files
}

/// Pictures with an orientation elsewhere than in their EXIF.
fn turned() -> [(Format, Vec<u8>); 2] {
    let packet = b"<x xmlns:t='http://ns.adobe.com/tiff/1.0/' t:Orientation='6' gps:city=''/>";
    let make = tiff(Order::Little, &[text(0x010F, b"Maker\0")], &[]);
    let itxt = join(&[b"XML:com.adobe.xmp\0\x01\0\0\0", &zlib(packet)]);
    let profile = raw_profile("exif", &block(Order::Big));
    let profile = join(&[b"Raw profile type exif\0\0", &zlib(&profile)]);
    let picture = png(&[
        &chunk(b"zTXt", &profile),
        &chunk(b"eXIf", &make),
        &chunk(b"iTXt", &itxt),
    ]);
    [
        (Format::Jpg, jpg(&[&xmp(packet), &exif(&make)])),
        (Format::Png, picture),
    ]
}

/// A file with metadata, of which a few bytes are changed and the end may be cut off.
fn damaged() -> impl Strategy<Value = (Format, Vec<u8>)> {
    let changes = prop::collection::vec((any::<Index>(), any::<u8>()), 0..6);
    let end = prop::option::weighted(0.2, any::<Index>());
    (select(files()), changes, end).prop_map(|((format, mut file), changes, end)| {
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Some(end) = end {
            file.truncate(end.index(file.len()));
        }
        (format, file)
    })
}

/// Random bytes after the start of each format.
fn random() -> impl Strategy<Value = (Format, Vec<u8>)> {
    let begun = select(vec![
        (Format::Jpg, b"\xFF\xD8".as_slice()),
        (Format::Jpg, b"\xFF\xD8\xFF\xDA\0\x02"),
        (Format::Png, b"\x89PNG\r\n\x1A\n"),
        (Format::Mp4, b""),
    ]);
    let bytes = prop::collection::vec(select(vec![0, 1, 2, 8, 0xDA, 0xE1, 0xFF, b'a']), 0..300);
    (begun, bytes).prop_map(|((format, begin), bytes)| (format, join(&[begin, &bytes])))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn removal_is_safe((format, file) in prop_oneof![4 => damaged(), 1 => random()]) {
        for level in [StripLevel::Location, StripLevel::All] {
            let Ok(stripped) = metadata::strip(format, &file, level) else {
                continue;
            };
            // Reported is what was changed.
            prop_assert_eq!(stripped.removed.is_empty(), stripped.file == file);
            match format {
                Format::Mp4 => prop_assert_eq!(stripped.file.len(), file.len()),
                _ => prop_assert!(stripped.file.len() <= file.len()),
            }
            let again = metadata::strip(format, &stripped.file, level);
            prop_assert_eq!(again.map(|again| again.file), Ok(stripped.file.clone()));
        }
    }
}
