//! Boxes that playback does not need, in the description and in fragments.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::MetadataKind;

use crate::assert_kept;
use crate::build_mp4::{
    freed, ftyp, hdlr, moov, mp4, mp4_box, tables, track, track_of, track_with,
};
use crate::build_picture::join;
use crate::mp4::{MEDIA, VIDEO, assert_becomes, sound, video};

/// Videos with children in each container of the description and of a fragment.
pub(crate) fn in_containers(children: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let data = mp4_box(b"mdat", MEDIA);
    let fragment = |in_moof: &[u8], in_traf: &[u8]| {
        let traf = mp4_box(b"traf", &join(&[&mp4_box(b"tfhd", &[1; 8]), in_traf]));
        let moof = mp4_box(
            b"moof",
            &join(&[&mp4_box(b"mfhd", &[1; 8]), &traf, in_moof]),
        );
        join(&[&ftyp(), &moov(&[], &mp4_box(b"mvex", &[])), &moof, &data])
    };
    let in_minf = |kind: &[u8], inside: &[u8]| {
        let boxes = join(&[&mp4_box(b"stbl", &tables(VIDEO)), &mp4_box(kind, inside)]);
        let video = track_of(1, &hdlr(b"vide", &[0]), &boxes, &[], &[]);
        mp4(MEDIA, &[&video, &sound()], &[])
    };
    let in_track = |kind: &[u8], inside: &[u8]| {
        let video = track_with(1, b"vide", &tables(VIDEO), &[], &mp4_box(kind, inside));
        mp4(MEDIA, &[&video, &sound()], &[])
    };
    let before = |child: &[u8]| join(&[child, children]);
    let trex = mp4_box(b"trex", &[1; 24]);
    let mvex = mp4_box(b"mvex", &before(&trex));
    vec![
        ("moof", fragment(children, &[])),
        ("traf", fragment(&[], children)),
        (
            "traf after a run",
            fragment(&[], &before(&mp4_box(b"trun", &[1; 8]))),
        ),
        (
            "mfra",
            join(&[
                &fragment(&[], &[]),
                &mp4_box(b"mfra", &before(&mp4_box(b"tfra", &[1; 16]))),
            ]),
        ),
        ("dinf", in_minf(b"dinf", children)),
        (
            "gmhd",
            in_minf(b"gmhd", &before(&mp4_box(b"gmin", &[1; 16]))),
        ),
        (
            "edts",
            in_track(b"edts", &before(&mp4_box(b"elst", &[1; 20]))),
        ),
        (
            "tapt",
            in_track(b"tapt", &before(&mp4_box(b"clef", &[1; 12]))),
        ),
        ("mvex", mp4(MEDIA, &[&video(), &sound()], &mvex)),
    ]
}

#[test]
fn unknown_boxes_are_cleared_in_every_container() {
    for (kind, data, reported) in [
        (b"gps ", b"47.3769,8.5417".as_slice(), MetadataKind::Vendor),
        (b"free", b"47.3769,8.5417", MetadataKind::Unused),
        (b"skip", b"47.3769,8.5417", MetadataKind::Unused),
        (
            b"uuid",
            b"vendor's type 16, and 47.3769",
            MetadataKind::Vendor,
        ),
        (b"ID32", b"47.3769,8.5417", MetadataKind::Vendor),
    ] {
        let space = if kind == b"skip" { b"skip" } else { b"free" };
        let with = in_containers(&mp4_box(kind, data));
        let without = in_containers(&mp4_box(space, &vec![0; data.len()]));
        for ((name, with), (_, without)) in with.into_iter().zip(without) {
            assert_becomes(name, &with, &without, &[reported]);
            assert_kept(Format::Mp4, &without);
        }
    }
    let place = b"\0\0\0\0\0\0\0\0GPS 50.1N".as_slice();
    let with = in_containers(place);
    let without = in_containers(&vec![0; place.len()]);
    for ((name, with), (_, without)) in with.into_iter().zip(without) {
        assert_becomes(name, &with, &without, &[MetadataKind::Unused]);
    }
}

#[test]
fn what_follows_an_invalid_header_in_a_fragment_is_cleared() {
    let in_fragments = |rest: &[u8]| {
        let children = join(&[b"\0\0\0\x02GPS ", rest]);
        let is_fragment = |name: &str| ["mo", "tr", "mf"].contains(&&name[..2]);
        in_containers(&children)
            .into_iter()
            .filter(move |(name, _)| is_fragment(name))
    };
    for ((name, with), (_, without)) in in_fragments(b"47.3769").zip(in_fragments(&[0; 7])) {
        assert_becomes(name, &with, &without, &[MetadataKind::Unused]);
    }
}

#[test]
fn paths_of_data_references_are_cleared() {
    let with_references = |path: &[u8]| {
        let references =
            [b"url ", b"alis"].map(|kind| mp4_box(kind, &join(&[&[0, 0, 0, 1], path])));
        let count = [0, 0, 0, 0, 0, 0, 0, 2];
        let dref = mp4_box(b"dref", &join(&[&count, &references.concat()]));
        let boxes = join(&[&mp4_box(b"stbl", &tables(VIDEO)), &mp4_box(b"dinf", &dref)]);
        let video = track_of(1, &hdlr(b"vide", &[0]), &boxes, &[], &[]);
        mp4(MEDIA, &[&video, &sound()], &[])
    };
    assert_kept(Format::Mp4, &with_references(b""));
    let path = b"file:///Users/ada/Bern.mov\0";
    let cleared = with_references(&vec![0; path.len()]);
    assert_becomes(
        "a path",
        &with_references(path),
        &cleared,
        &[MetadataKind::UserData],
    );
}

#[test]
fn object_descriptors_with_more_than_profiles_become_free_space() {
    let with_iods = |descriptor: &[u8]| {
        let iods = mp4_box(b"iods", &join(&[&[0; 4], descriptor]));
        mp4(MEDIA, &[&video(), &sound()], &iods)
    };
    let profiles = b"\0\x4F\xFF\xFF\x29\x7F\xFF";
    assert_kept(Format::Mp4, &with_iods(&join(&[&[0x10, 7], profiles])));
    assert_kept(
        Format::Mp4,
        &with_iods(&join(&[&[0x10, 0x80, 0x80, 0x80, 7], profiles])),
    );
    for (name, descriptor) in [
        ("nested", join(&[&[0x10, 13], profiles, b"\x0E\x0447.3"])),
        ("an address", b"\x10\x07\0\x7F\x0447.3".to_vec()),
        ("another tag", join(&[&[0x77, 7], profiles])),
        ("nothing", Vec::new()),
    ] {
        let file = with_iods(&descriptor);
        let free = mp4(MEDIA, &[&video(), &sound()], &freed(4 + descriptor.len()));
        assert_becomes(name, &file, &free, &[MetadataKind::Vendor]);
    }
}

#[test]
fn what_follows_the_end_of_the_file_is_cleared() {
    let file = mp4(MEDIA, &[&track(1, b"vide", VIDEO), &sound()], &[]);
    for rest in [b"GPS".as_slice(), b"\0\0\0\0\0\0\0\0GPS 50.1N 8.6E"] {
        let with = join(&[&file, rest]);
        let without = join(&[&file, &vec![0; rest.len()]]);
        assert_becomes("a rest", &with, &without, &[MetadataKind::Unused]);
    }
}
