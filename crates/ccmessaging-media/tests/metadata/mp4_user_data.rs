//! User data of a video: `Location` searches it, `All` removes it.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataKind, StripLevel};

use crate::build_mp4::{
    free_form, freed, ftyp, hdlr, moov, mp4, mp4_box, tables, track, track_of, track_with,
};
use crate::build_picture::join;
use crate::{LEVELS, assert_kept, assert_removed, remove};

const XMP: &[u8] = b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC";
const SPHERICAL: &[u8] = b"\xFF\xCC\x82\x63\xF8\x55\x4A\x93\x88\x14\x58\x7A\x02\x52\x1F\xDD";

/// A fragmented video with a box in its fragment, or in the fragment's track.
fn fragments(data: &[u8]) -> [Vec<u8>; 2] {
    let header = mp4_box(b"mfhd", &[0; 8]);
    let in_track = mp4_box(b"traf", &join(&[&mp4_box(b"tfhd", &[0; 8]), data]));
    [data, &in_track].map(|inside| {
        let moof = mp4_box(b"moof", &join(&[&header, inside]));
        join(&[&ftyp(), &moov(&[], &[]), &moof, &mp4_box(b"mdat", b"data")])
    })
}

/// Videos with a box in each place where user data may be: at the end, in the description, in a
/// track, in the track's media, and there in `minf` and `stbl`.
fn files(data: &[u8]) -> [Vec<u8>; 6] {
    let plain = track(1, b"vide", &[(0, 4)]);
    let in_track = track_with(1, b"vide", &tables(&[(0, 4)]), &[], data);
    let in_media = track_with(1, b"vide", &tables(&[(0, 4)]), data, &[]);
    let handler = hdlr(b"vide", &[0]);
    let tables = tables(&[(0, 4)]);
    let in_minf = join(&[&mp4_box(b"stbl", &tables), data]);
    let in_minf = track_of(1, &handler, &in_minf, &[], &[]);
    let in_stbl = track_with(1, b"vide", &join(&[&tables, data]), &[], &[]);
    [
        join(&[&mp4(b"data", &[&plain], &[]), data]),
        mp4(b"data", &[&plain], data),
        mp4(b"data", &[&in_track], &[]),
        mp4(b"data", &[&in_media], &[]),
        mp4(b"data", &[&in_minf], &[]),
        mp4(b"data", &[&in_stbl], &[]),
    ]
}

/// Checks the result for a box of user data at both levels: `Location` leaves `kept`.
fn assert_becomes(name: &str, data: &[u8], kept: &[u8], kind: MetadataKind) {
    let all = freed(data.len() - 8);
    for (level, expected) in LEVELS.into_iter().zip([kept, &all]) {
        for (file, expected) in files(data).into_iter().zip(files(expected)) {
            let is_changed = file != expected;
            let (stripped, removed) = remove(Format::Mp4, &file, level);
            assert_eq!(stripped, expected, "{name}, {level:?}");
            assert_eq!(removed.contains(&kind), is_changed, "{name}, {level:?}");
            assert_eq!(removed.is_empty(), !is_changed, "{name}, {level:?}");
        }
    }
}

/// `meta` as MP4 has it: with version and flags.
fn meta(handler: &[u8], boxes: &[&[u8]]) -> Vec<u8> {
    mp4_box(
        b"meta",
        &join(&[&[0; 4], &hdlr(handler, &[0]), &boxes.concat()]),
    )
}

fn keys(names: &[&[u8]]) -> Vec<u8> {
    let count = u32::try_from(names.len()).expect("few names").to_be_bytes();
    let names: Vec<_> = names.iter().map(|name| mp4_box(b"mdta", name)).collect();
    mp4_box(b"keys", &join(&[&[0; 4], &count, &names.concat()]))
}

#[test]
fn texts_of_user_data_without_a_location_are_kept() {
    let title = mp4_box(b"\xA9nam", b"\0\x04\0\0Bear");
    for (name, place) in [
        (
            "a location as a text",
            mp4_box(b"\xA9xyz", b"\0\x08\0\0+47.3769"),
        ),
        ("3GPP's location", mp4_box(b"loci", b"\0\0\0\0\0\0Bern")),
        ("GoPro's telemetry", mp4_box(b"GPMF", b"DEVC GPS5")),
        ("a vendor's box", mp4_box(b"NCDT", b"serial")),
    ] {
        let udta = |place: &[u8]| mp4_box(b"udta", &join(&[&title, place, &[0; 4]]));
        let kept = udta(&freed(place.len() - 8));
        assert_becomes(name, &udta(&place), &kept, MetadataKind::UserData);
    }
    let harmless = mp4_box(
        b"udta",
        &join(&[&title, &mp4_box(b"titl", b"\0\0\0\0\0\0Bear")]),
    );
    assert_becomes("texts", &harmless, &harmless, MetadataKind::UserData);
}

#[test]
fn incomplete_user_data_is_removed() {
    for (name, inside) in [
        ("a box too long", b"\0\0\0\x40\xA9nam".as_slice()),
        ("a box too short", b"\0\0\0\x04\xA9nam"),
    ] {
        let udta = mp4_box(b"udta", inside);
        assert_becomes(name, &udta, &freed(inside.len()), MetadataKind::UserData);
    }
    // Behind the last box.
    let title = mp4_box(b"\xA9nam", b"\0\x04\0\0Bear");
    let udta = |rest: &[u8]| mp4_box(b"udta", &join(&[&title, rest]));
    assert_becomes(
        "a rest",
        &udta(b"GPS"),
        &udta(&[0; 3]),
        MetadataKind::UserData,
    );
}

#[test]
fn items_are_judged_by_their_keys() {
    let names: [&[u8]; 3] = [
        b"com.apple.quicktime.location.ISO6709",
        b"com.apple.quicktime.make",
        b"GPSLatitude",
    ];
    let item = |number: u32| mp4_box(&number.to_be_bytes(), b"\0\0\0\x14data....value");
    let length = item(1).len() - 8;
    let items = |first: &[u8], third: &[u8]| {
        let ilst = mp4_box(b"ilst", &join(&[first, &item(2), third]));
        [
            meta(b"mdta", &[&keys(&names), &ilst]),
            // QuickTime's has no version.
            mp4_box(
                b"meta",
                &join(&[&hdlr(b"mdta", &[0]), &keys(&names), &ilst]),
            ),
        ]
    };
    let with = items(&item(1), &item(3));
    let without = items(&freed(length), &freed(length));
    for (with, without) in with.into_iter().zip(without) {
        assert_becomes("keys", &with, &without, MetadataKind::UserData);
        let [with, without] = [with, without].map(|meta| mp4_box(b"udta", &meta));
        assert_becomes("keys in user data", &with, &without, MetadataKind::UserData);
    }
}

#[test]
fn items_without_keys_are_judged_by_their_types() {
    let title = mp4_box(b"\xA9nam", b"\0\0\0\x0Cdatatext");
    let mean = mp4_box(b"mean", b"\0\0\0\0com.apple.iTunes");
    let named = |name: &[u8]| {
        mp4_box(
            b"----",
            &join(&[&mean, &mp4_box(b"name", &join(&[&[0; 4], name]))]),
        )
    };
    let items = |items: &[&[u8]]| meta(b"mdir", &[&mp4_box(b"ilst", &items.concat())]);
    for (name, item, is_kept) in [
        ("a location", mp4_box(b"\xA9xyz", b"+47.3769"), false),
        (
            "a cover, which may have EXIF",
            mp4_box(b"covr", b"\xFF\xD8\xFF\xE1"),
            false,
        ),
        ("a store's country", mp4_box(b"sfID", &[0; 4]), false),
        ("the name of a location", named(b"Location"), false),
        ("another name", named(b"iTunNORM"), true),
        ("a track's number", mp4_box(b"trkn", &[0; 8]), true),
    ] {
        let with = items(&[&title, &item]);
        let free = freed(item.len() - 8);
        let kept = if is_kept {
            with.clone()
        } else {
            items(&[&title, &free])
        };
        assert_becomes(name, &with, &kept, MetadataKind::UserData);
    }
}

#[test]
fn other_forms_of_meta_are_removed() {
    let ilst = mp4_box(b"ilst", &mp4_box(b"\xA9nam", b"Bear"));
    for (name, meta) in [
        (
            "items of a file",
            meta(b"pict", &[&mp4_box(b"iloc", &[0; 8])]),
        ),
        ("a tag", meta(b"ID32", &[&mp4_box(b"ID32", b"ID3")])),
        ("no handler", mp4_box(b"meta", &join(&[&[0; 4], &ilst]))),
        ("nothing", mp4_box(b"meta", b"")),
        ("no keys", meta(b"mdta", &[&ilst])),
        (
            "a key that is cut off",
            meta(
                b"mdta",
                &[&mp4_box(b"keys", b"\0\0\0\0\0\0\0\x01\0\0\0\x20"), &ilst],
            ),
        ),
    ] {
        assert_becomes(name, &meta, &freed(meta.len() - 8), MetadataKind::UserData);
    }
    let xml = mp4_box(b"xml ", b"<serialNumber>");
    let with = meta(b"mdir", &[&ilst, &xml]);
    let kept = meta(b"mdir", &[&ilst, &freed(xml.len() - 8)]);
    assert_becomes("XML besides items", &with, &kept, MetadataKind::UserData);
}

#[test]
fn uuid_boxes_are_removed_except_xmp_without_a_location() {
    let uuid = |kind: &[u8], data: &[u8]| mp4_box(b"uuid", &join(&[kind, data]));
    let rating = uuid(XMP, b"<xmp:Rating>4");
    assert_becomes("XMP", &rating, &rating, MetadataKind::Xmp);
    let place = uuid(XMP, b"<exif:GPSLatitude>47");
    assert_becomes(
        "XMP with a location",
        &place,
        &freed(place.len() - 8),
        MetadataKind::Xmp,
    );
    let vendor = uuid(
        b"PROF!\xD2\x4F\xCE\xBB\x88\x69\x5C\xFA\xC9\xC7\x40",
        b"serial",
    );
    assert_becomes(
        "a vendor's",
        &vendor,
        &freed(vendor.len() - 8),
        MetadataKind::Vendor,
    );
    let short = mp4_box(b"uuid", b"GPS");
    assert_becomes(
        "one without a type",
        &short,
        &freed(3),
        MetadataKind::Vendor,
    );
}

#[test]
fn the_projection_of_spherical_video_is_kept() {
    let spherical = mp4_box(b"uuid", &join(&[SPHERICAL, b"<rdf:SphericalVideo>"]));
    for level in [StripLevel::Location, StripLevel::All] {
        for file in files(&spherical) {
            assert_eq!(remove(Format::Mp4, &file, level), (file, vec![]));
        }
    }
}

#[test]
fn names_of_handlers_are_cleared_by_all_only() {
    for (label, name) in [
        ("a text", b"Camera of Bern\0".as_slice()),
        ("a text of QuickTime's", b"\x0ECamera of Bern"),
        ("a text after a text", b"\0GPS 50.1N 8.6E"),
    ] {
        let build = |name: &[u8]| {
            let stbl = mp4_box(b"stbl", &tables(&[(0, 4)]));
            let in_minf = join(&[&hdlr(b"alis", name), &stbl]);
            let video = track_of(1, &hdlr(b"vide", name), &in_minf, &[], &[]);
            mp4(b"data", &[&video], &[])
        };
        assert_removed(
            label,
            Format::Mp4,
            &build(name),
            &build(&vec![0; name.len()]),
            MetadataKind::UserData,
            &[StripLevel::All],
        );
    }
    // One that ends in front of its name.
    let short = mp4_box(b"hdlr", &join(&[&[0; 8], b"vide"]));
    let stbl = mp4_box(b"stbl", &tables(&[(0, 4)]));
    let file = mp4(b"data", &[&track_of(1, &short, &stbl, &[], &[])], &[]);
    assert_kept(Format::Mp4, &file);
}

#[test]
fn user_data_of_fragments_is_removed() {
    let udta = mp4_box(b"udta", &mp4_box(b"\xA9xyz", b"+47.3769"));
    let kept = mp4_box(b"udta", &freed(8));
    let all = freed(udta.len() - 8);
    for (level, expected) in LEVELS.into_iter().zip([kept, all]) {
        for (file, expected) in fragments(&udta).into_iter().zip(fragments(&expected)) {
            assert_eq!(remove(Format::Mp4, &file, level).0, expected);
        }
    }
    for level in LEVELS {
        // An incomplete fragment is left as it is.
        for file in fragments(b"\0\0\0\x7Fudta") {
            assert_eq!(remove(Format::Mp4, &file, level), (file, vec![]));
        }
    }
}

#[test]
fn texts_with_a_location_are_removed() {
    let json = b"{\"MAPLatitude\":55.6}";
    let title = mp4_box(b"\xA9nam", b"\0\x04\0\0Bear");
    let with = mp4_box(b"udta", &join(&[&title, &mp4_box(b"\xA9cmt", json)]));
    let kept = mp4_box(b"udta", &join(&[&title, &freed(json.len())]));
    assert_becomes("a comment", &with, &kept, MetadataKind::UserData);
    let items = |item: &[u8]| meta(b"mdir", &[&mp4_box(b"ilst", &join(&[&title, item]))]);
    let with = items(&mp4_box(b"desc", json));
    assert_becomes(
        "an item",
        &with,
        &items(&freed(json.len())),
        MetadataKind::UserData,
    );
    let free = |data: &[u8]| mp4_box(b"udta", &join(&[&title, &mp4_box(b"free", data)]));
    assert_becomes(
        "free space",
        &free(b"47.3"),
        &free(&[0; 4]),
        MetadataKind::UserData,
    );
}

#[test]
fn keys_of_other_namespaces_are_judged_by_them() {
    let keys = |namespace: &[u8], name: &[u8]| {
        let key = mp4_box(namespace, name);
        mp4_box(b"keys", &join(&[&[0, 0, 0, 0, 0, 0, 0, 1], &key]))
    };
    let item = mp4_box(&1_u32.to_be_bytes(), b"\0\0\0\x14data....value");
    for (namespace, name, is_kept) in [
        (b"udta", b"\xA9xyz".as_slice(), false),
        (b"udta", b"loci", false),
        (b"udta", b"\xA9nam", true),
        (b"udta", b"a longer name", false),
        (b"GPS ", b"make", false),
        (b"mdta", b"make", true),
    ] {
        let items = |item: &[u8]| meta(b"mdta", &[&keys(namespace, name), &mp4_box(b"ilst", item)]);
        let kept = if is_kept {
            item.clone()
        } else {
            freed(item.len() - 8)
        };
        assert_becomes(
            "a key",
            &items(&item),
            &items(&kept),
            MetadataKind::UserData,
        );
    }
}

#[test]
fn the_encoder_delay_is_kept() {
    let delay = b" 00000000 00000840 000001CA 00000000003F31F6";
    let gapless = free_form(b"iTunSMPB", delay);
    let title = mp4_box(b"\xA9nam", b"Bear");
    let meta = |name: &[u8], items: &[&[u8]], rest: &[u8]| {
        let handler = hdlr(b"mdir", name);
        let items = mp4_box(b"ilst", &items.concat());
        mp4_box(b"meta", &join(&[&[0; 4], &handler, &items, rest]))
    };
    let rest = mp4_box(b"xml ", b"<serialNumber>");
    let with = meta(b"Ada\0", &[&title, &gapless], &rest);
    let without = meta(&[0; 4], &[&freed(4), &gapless], &freed(14));
    for (with, without) in [
        (with.clone(), without.clone()),
        (
            mp4_box(b"udta", &join(&[&title, &with])),
            mp4_box(b"udta", &join(&[&freed(4), &without])),
        ),
    ] {
        for (with, without) in files(&with).into_iter().zip(files(&without)) {
            let (stripped, removed) = remove(Format::Mp4, &with, StripLevel::All);
            assert_eq!(
                (stripped, removed),
                (without.clone(), vec![MetadataKind::UserData])
            );
            assert_kept(Format::Mp4, &without);
        }
    }
    // Only numbers are kept, and only under this name.
    for item in [
        free_form(b"iTunSMPB", b"Bern"),
        free_form(b"iTunNORM", delay),
        mp4_box(b"----", &join(&[&gapless[8..], &mp4_box(b"note", b"Bern")])),
        mp4_box(b"----", &join(&[&gapless[8..], b"Bern"])),
        mp4_box(b"\xA9nam", &gapless[8..]),
    ] {
        let meta = meta(&[0], &[&item], &[]);
        for (with, without) in files(&meta).into_iter().zip(files(&freed(meta.len() - 8))) {
            assert_eq!(remove(Format::Mp4, &with, StripLevel::All).0, without);
        }
    }
}
