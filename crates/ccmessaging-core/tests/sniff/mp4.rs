//! MP4: boxes and brands.

use ccmessaging_core::FileType;

use crate::all_are;
use crate::build::{ftyp, join, moov, mp4, mp4_box, mp4_long_box, with};

#[test]
fn the_track_of_a_file_of_an_unknown_brand_decides() {
    let unknown = ftyp(b"abcd", &[b"efgh"]);
    let video = moov(&[0; 4], b"vide");
    let data = mp4_box(b"mdat", b"x");
    let sound = moov(&[0; 4], b"soun");
    all_are(
        FileType::Mp4,
        true,
        &[
            ("video", join(&[&unknown, &video])),
            ("sound behind its data", join(&[&unknown, &data, &sound])),
        ],
    );
    all_are(
        FileType::Mp4,
        false,
        &[
            ("QuickTime", join(&[&unknown, &moov(b"mhlr", b"vide")])),
            ("images", join(&[&unknown, &moov(&[0; 4], b"pict")])),
            ("a brand of HEIC", join(&[&ftyp(b"hevc", &[]), &video])),
            ("a brand of 3GP", join(&[&ftyp(b"3gp5", &[]), &video])),
        ],
    );
}

#[test]
fn files_of_the_mp4_family_are_accepted() {
    let movie = mp4_box(b"moov", &[0; 8]);
    let brand = ftyp(b"isom", &[b"mp41"]);
    all_are(
        FileType::Mp4,
        true,
        &[
            ("plain", mp4()),
            (
                "movie data first",
                join(&[&brand, &mp4_box(b"mdat", b"x"), &movie]),
            ),
            (
                "64-bit length",
                join(&[&brand, &mp4_long_box(b"mdat", b"x"), &movie]),
            ),
            (
                "data to the end of the file",
                join(&[&brand, b"\0\0\0\0mdat", b"x"]),
            ),
            (
                "fragmented",
                join(&[
                    &brand,
                    &movie,
                    &mp4_box(b"moof", b""),
                    &mp4_box(b"mdat", b"x"),
                ]),
            ),
            (
                "indexed",
                join(&[&brand, &mp4_box(b"sidx", &[0; 24]), &movie]),
            ),
            (
                "free space first",
                join(&[&mp4_box(b"free", &[0; 9]), &brand, &movie]),
            ),
            (
                "an extension first",
                join(&[&mp4_box(b"uuid", &[0; 16]), &brand, &movie]),
            ),
            (
                "cut off in the data",
                join(&[&brand, b"\0\xFF\0\0mdat", b"x"]),
            ),
            (
                "cut off behind the header of the movie",
                join(&[&brand, b"\0\xFF\0\0moov"]),
            ),
            (
                "cut off in the index",
                join(&[&brand, b"\0\0\x10\0sidx", &[0; 24]]),
            ),
            (
                "protection without its movie",
                join(&[&brand, &mp4_box(b"pssh", &[0; 40])]),
            ),
            (
                "free space between brand and movie",
                join(&[&brand, &mp4_box(b"free", &[0; 9]), &movie]),
            ),
            (
                "zeros behind an index",
                join(&[&brand, &mp4_box(b"sidx", &[0; 24]), &[0; 64]]),
            ),
            (
                "unknown major, known compatible brand",
                join(&[&ftyp(b"nvr1", &[b"mp42"]), &movie]),
            ),
            (
                "known major, no compatible brand",
                join(&[&ftyp(b"mp42", &[]), &movie]),
            ),
            (
                "QuickTime as a compatible brand",
                join(&[&ftyp(b"mp42", &[b"qt  "]), &movie]),
            ),
            ("no ftyp, handler as in MP4", moov(&[0; 4], b"vide")),
            (
                "no ftyp, data first",
                join(&[&mp4_box(b"mdat", b"x"), &moov(&[0; 4], b"soun")]),
            ),
        ],
    );
    for major in [
        b"isom", b"iso6", b"mp41", b"mp42", b"avc1", b"hvc1", b"dash", b"cmfc", b"M4V ", b"MSNV",
        b"piff",
    ] {
        all_are(
            FileType::Mp4,
            true,
            &[("major brand", join(&[&ftyp(major, &[]), &movie]))],
        );
    }
}

#[test]
fn boxes_of_any_type_may_stand_between_brand_and_movie() {
    let movie = mp4_box(b"moov", &[0; 8]);
    let brand = ftyp(b"isom", &[b"mp41"]);
    all_are(
        FileType::Mp4,
        true,
        &[
            (
                "boxes that no specification knows, such as a camera's",
                join(&[
                    &brand,
                    &mp4_box(b"loop", &[0; 40]),
                    &mp4_long_box(b"\x01\x02\x03\x04", b"x"),
                    &movie,
                ]),
            ),
            (
                "metadata before the movie",
                join(&[&brand, &mp4_box(b"meta", &[0; 40]), &movie]),
            ),
        ],
    );
}

#[test]
fn siblings_are_rejected_whatever_else_they_claim() {
    // The still-image brands are those of mp4ra.org.
    for major in [
        b"qt  ", b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"jp2 ", b"jpx ",
        b"mjp2", b"crx ", b"M4A ", b"M4B ", b"M4P ", b"3gp4", b"3gp5", b"3g2a", b"3gs7", b"kddi",
        b"1pic", b"avci", b"avio", b"evbi", b"evbs", b"evmi", b"evms", b"heoi", b"j2is", b"j2ki",
        b"j2ks", b"J2P0", b"jpeg", b"jpgs", b"jph ", b"jpoi", b"jpxb", b"jxl ", b"jxs ", b"jxsi",
        b"MA1A", b"MA1B", b"miaf", b"MiAB", b"MiHB", b"mif2", b"MiPr", b"pred", b"unif", b"vvic",
        b"vvis", b"vvoi",
    ] {
        let file = join(&[
            &ftyp(major, &[b"isom", b"mp42"]),
            &mp4_box(b"moov", &[0; 8]),
        ]);
        all_are(FileType::Mp4, false, &[("sibling", file)]);
    }
    all_are(
        FileType::Mp4,
        false,
        &[
            (
                "QuickTime brand, handler as in MP4",
                join(&[&ftyp(b"qt  ", &[]), &moov(&[0; 4], b"vide")]),
            ),
            ("QuickTime without ftyp", moov(b"mhlr", b"vide")),
            (
                "streaming segment",
                join(&[
                    &mp4_box(b"styp", b"msdh\0\0\0\0msdh"),
                    &mp4_box(b"moof", b""),
                ]),
            ),
        ],
    );
}

#[test]
fn near_misses_are_rejected() {
    let mp4 = mp4();
    let brand = ftyp(b"isom", &[b"mp41"]);
    let movie = mp4_box(b"moov", &[0; 8]);
    all_are(
        FileType::Mp4,
        false,
        &[
            ("type wrong by one letter", with(&mp4, 7, b'o')),
            ("cut off in the brand box", mp4[..14].to_vec()),
            ("brand box only", ftyp(b"isom", &[b"mp41", b"iso2"])),
            (
                "brand box and free space",
                join(&[&brand, &mp4_box(b"free", &[0; 9])]),
            ),
            (
                "brand box and free space that is cut off",
                join(&[&brand, b"\0\xFF\0\0free", &[0; 64]]),
            ),
            (
                "metadata around anything",
                join(&[&brand, &mp4_box(b"meta", &b"<?php ".repeat(50))]),
            ),
            (
                "unknown boxes only",
                join(&[&brand, &mp4_box(b"loop", &[0; 40]).repeat(3)]),
            ),
            (
                "an unknown box whose length leads past the movie",
                join(&[&brand, b"\0\0\0\x09loop", &movie]),
            ),
            (
                "an unknown box longer than the file",
                join(&[&brand, b"\0\0\x10\0loop", &movie]),
            ),
            (
                "a box shorter than its header behind an index",
                join(&[
                    &brand,
                    &mp4_box(b"sidx", &[0; 24]),
                    b"\0\0\0\x07free",
                    &movie,
                ]),
            ),
            (
                "zeros behind the brand box",
                join(&[&brand, &b"\0".repeat(100_000)]),
            ),
            (
                "zeros behind free space",
                join(&[&brand, &mp4_box(b"free", &[0; 9]), &[0; 64]]),
            ),
            (
                "7 bytes behind the brand box",
                join(&[&brand, b"\0\0\0\x08moo"]),
            ),
            (
                "only unknown brands",
                join(&[&ftyp(b"abcd", &[b"efgh"]), &movie]),
            ),
            (
                "a program behind the brand box",
                join(&[&brand, b"\x7FELF\x02\x01\x01\0", &[0; 60]]),
            ),
            (
                "a program inside the brand box",
                join(&[b"\0\0\0\x18ftypisom\x7FELF", &[2; 80]]),
            ),
            (
                "a length shorter than its header",
                join(&[b"\0\0\0\x04ftyp", &movie]),
            ),
            ("brand box behind the movie", join(&[&movie, &brand])),
            (
                "brand box behind an unknown box",
                join(&[&mp4_box(b"loop", b"x"), &brand, &movie]),
            ),
            ("two brand boxes", join(&[&brand, &brand, &movie])),
            ("movie without brand and without track", movie.clone()),
            ("free space only", mp4_box(b"free", &[0; 9]).repeat(40)),
            (
                "prose",
                b"    ftypisom is how an MP4 file begins\n".to_vec(),
            ),
        ],
    );
}
