//! Builds the smallest files that the specifications allow.

/// Concatenates `parts`.
pub(crate) fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// `bytes` with the one at `offset` replaced.
pub(crate) fn with(bytes: &[u8], offset: usize, byte: u8) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[offset] = byte;
    changed
}

/// A segment of a JPEG: its marker, its length and its data.
pub(crate) fn segment(code: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(2 + data.len()).expect("a short segment");
    join(&[&[0xFF, code], &length.to_be_bytes(), data])
}

/// APP0 of JFIF as ITU-T T.871 has it.
pub(crate) fn app0() -> Vec<u8> {
    segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")
}

/// A quantisation table.
pub(crate) fn dqt() -> Vec<u8> {
    segment(0xDB, &join(&[&[0], &[1; 64]]))
}

/// The frame header of a baseline image of 16 x 16 pixels and one component.
pub(crate) fn sof0() -> Vec<u8> {
    segment(0xC0, &[8, 0, 16, 0, 16, 1, 1, 0x11, 0])
}

/// JFIF up to the frame header.
pub(crate) fn jfif() -> Vec<u8> {
    join(&[b"\xFF\xD8", &app0(), &dqt(), &sof0()])
}

/// A PNG signature and an `IHDR` chunk of 1 x 1 pixel, 8 bits RGB.
pub(crate) fn png() -> Vec<u8> {
    join(&[
        b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR",
        b"\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0",
        b"\x90\x77\x53\xDE",
    ])
}

/// A bitmap of one white pixel after a DIB header of `dib_size` bytes.
pub(crate) fn bmp(dib_size: u8, depth: u8) -> Vec<u8> {
    let mut file = vec![0; 14 + usize::from(dib_size)];
    file[..2].copy_from_slice(b"BM");
    file[10] = 14 + dib_size;
    file[14] = dib_size;
    let dimensions: &[u8] = if dib_size == 12 {
        &[1, 0, 1, 0, 1, 0, depth, 0]
    } else {
        &[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, depth, 0]
    };
    let filled = dimensions.len().min(file.len() - 18);
    file[18..18 + filled].copy_from_slice(&dimensions[..filled]);
    file.extend([0xFF; 4]);
    file
}

/// `count` frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes each.
pub(crate) fn mp3(count: usize) -> Vec<u8> {
    frames(&[0xFF, 0xFB, 0x90, 0x00], 417, count)
}

/// `count` frames of AAC LC, 44.1 kHz, stereo, 64 bytes each, without CRC.
pub(crate) fn adts(count: usize) -> Vec<u8> {
    frames(&[0xFF, 0xF1, 0x50, 0x80, 0x08, 0x1F, 0xFC], 64, count)
}

/// `count` frames of `length` bytes that begin with `header`.
pub(crate) fn frames(header: &[u8], length: usize, count: usize) -> Vec<u8> {
    let mut frame = header.to_vec();
    frame.resize(length, 0x55);
    frame.repeat(count)
}

/// An `ID3v2.3` tag with `size` bytes of content.
pub(crate) fn id3(size: usize) -> Vec<u8> {
    let mut tag = b"ID3\x03\0\0".to_vec();
    for shift in [21, 14, 7, 0] {
        tag.push(u8::try_from(size >> shift & 0x7F).expect("seven bits"));
    }
    tag.resize(10 + size, b'x');
    tag
}

/// A box with a 32-bit length.
pub(crate) fn mp4_box(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 + payload.len()).expect("a small box");
    join(&[&length.to_be_bytes(), kind, payload])
}

/// A box with a 64-bit length, which follows its type.
pub(crate) fn mp4_long_box(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = 16 + payload.len() as u64;
    join(&[&1_u32.to_be_bytes(), kind, &length.to_be_bytes(), payload])
}

/// An `ftyp` box.
pub(crate) fn ftyp(major: &[u8], compatible: &[&[u8; 4]]) -> Vec<u8> {
    let mut payload = join(&[major, &[0, 0, 2, 0]]);
    for brand in compatible {
        payload.extend(*brand);
    }
    mp4_box(b"ftyp", &payload)
}

/// An MP4 file with one compatible brand and an empty movie.
pub(crate) fn mp4() -> Vec<u8> {
    join(&[
        &ftyp(b"isom", &[b"mp41"]),
        &mp4_box(b"moov", &mp4_box(b"mvhd", &[0; 100])),
        &mp4_box(b"mdat", b"movie"),
    ])
}

/// A movie description whose first track has a handler of the given component type and handler.
pub(crate) fn moov(component_type: &[u8], handler: &[u8]) -> Vec<u8> {
    let hdlr = mp4_box(
        b"hdlr",
        &join(&[&[0; 4], component_type, handler, &[0; 13]]),
    );
    let mdia = mp4_box(b"mdia", &join(&[&mp4_box(b"mdhd", &[0; 24]), &hdlr]));
    let trak = mp4_box(b"trak", &join(&[&mp4_box(b"tkhd", &[0; 84]), &mdia]));
    mp4_box(b"moov", &join(&[&mp4_box(b"mvhd", &[0; 100]), &trak]))
}
