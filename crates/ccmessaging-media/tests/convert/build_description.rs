//! Builds handlers and sample descriptions.

use crate::tree::{join, mp4_box, number};

/// The configuration of AAC-LC with 44,100 Hz and two channels.
pub(crate) const LC: &[u8] = &[0x12, 0x10];

pub(crate) fn hdlr(component: [u8; 4], kind: [u8; 4], name: &[u8]) -> Vec<u8> {
    mp4_box(
        b"hdlr",
        &join(&[&[0; 4], &component, &kind, b"appl", &[0; 8], name]),
    )
}

pub(crate) fn h264(extensions: &[u8]) -> Vec<u8> {
    video(
        b"avc1",
        &join(&[&mp4_box(b"avcC", &[1, 66, 0, 30]), extensions]),
    )
}

pub(crate) fn hevc() -> Vec<u8> {
    video(b"hvc1", &mp4_box(b"hvcC", &[1; 23]))
}

/// A video description with the vendor, the quality and the colour table that `QuickTime` writes, and
/// the four zeros that may end its extensions.
pub(crate) fn video(kind: &[u8], extensions: &[u8]) -> Vec<u8> {
    mp4_box(
        kind,
        &join(&[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0, 1, 0, 1],
            b"appl\0\0\x02\0\0\0\x02\0",
            &[0, 64, 0, 48],
            &[0, 72, 0, 0, 0, 72, 0, 0, 0, 0, 0, 0, 0, 1],
            &[0; 32],
            &[0, 24, 0xFF, 0xFF],
            extensions,
            &[0; 4],
        ]),
    )
}

pub(crate) fn colr_nclc() -> Vec<u8> {
    mp4_box(b"colr", b"nclc\0\x09\0\x12\0\x09")
}

/// A sound description of version 0, 1 or 2 with two channels and 44,100 Hz.
pub(crate) fn sound(kind: &[u8], version: u8, extensions: &[u8]) -> Vec<u8> {
    let added = match version {
        0 => Vec::new(),
        1 => [0, 0, 4, 0].repeat(4),
        _ => join(&[
            &number(72),
            &44_100_f64.to_be_bytes(),
            &number(2),
            &[0x7F, 0, 0, 0],
            &[0; 16],
        ]),
    };
    let channels = if version == 2 { 3 } else { 2 };
    let rate = if version == 2 {
        [0, 1, 0, 0]
    } else {
        [0xAC, 0x44, 0, 0]
    };
    mp4_box(
        kind,
        &join(&[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0, version, 0, 0, 0, 0, 0, 0],
            &[0, channels, 0, 16, 0xFF, 0xFE, 0, 0],
            &rate,
            &added,
            extensions,
        ]),
    )
}

/// `QuickTime`'s extension around `esds`.
pub(crate) fn wave(esds: &[u8]) -> Vec<u8> {
    let frma = mp4_box(b"frma", b"mp4a");
    let format = mp4_box(b"mp4a", &[0; 4]);
    mp4_box(
        b"wave",
        &join(&[&frma, &format, esds, &[0, 0, 0, 8, 0, 0, 0, 0]]),
    )
}

/// An elementary stream of an object type with a configuration.
pub(crate) fn esds(object_type: u8, configuration: &[u8]) -> Vec<u8> {
    let descriptor = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).expect("a short descriptor");
        join(&[&[tag, 0x80, 0x80, 0x80, length], content])
    };
    let specific = descriptor(5, configuration);
    let decoder = descriptor(4, &join(&[&[object_type, 0x15], &[0; 11], &specific]));
    let stream = descriptor(3, &join(&[&[0, 1, 0], &decoder, &descriptor(6, &[2])]));
    mp4_box(b"esds", &join(&[&[0; 4], &stream]))
}
