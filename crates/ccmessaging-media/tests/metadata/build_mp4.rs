//! Builds MP4 files.

use crate::build_picture::join;

/// A box with a 32-bit length.
pub(crate) fn mp4_box(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(8 + payload.len()).expect("a small box");
    join(&[&length.to_be_bytes(), kind, payload])
}

/// A box of free space as long as one with that payload.
pub(crate) fn freed(payload_length: usize) -> Vec<u8> {
    mp4_box(b"free", &vec![0; payload_length])
}

pub(crate) fn ftyp() -> Vec<u8> {
    mp4_box(b"ftyp", b"isom\0\0\x02\0mp41")
}

/// The offset of the media data in a file that starts with `ftyp` and `mdat`.
pub(crate) const DATA: usize = 28;

/// A video: its data, its tracks, and other boxes of its description.
pub(crate) fn mp4(data: &[u8], tracks: &[&[u8]], others: &[u8]) -> Vec<u8> {
    join(&[&ftyp(), &mp4_box(b"mdat", data), &moov(tracks, others)])
}

pub(crate) fn moov(tracks: &[&[u8]], others: &[u8]) -> Vec<u8> {
    let mvhd = mp4_box(b"mvhd", &[0; 100]);
    mp4_box(b"moov", &join(&[&mvhd, &tracks.concat(), others]))
}

/// A track with one sample per chunk, each with an offset in the data and a length.
pub(crate) fn track(id: u32, handler: &[u8], chunks: &[(usize, usize)]) -> Vec<u8> {
    track_with(id, handler, &tables(chunks), &[], &[])
}

/// A track with other tables (what `stbl` holds), and with more boxes in `mdia` and in itself.
pub(crate) fn track_with(
    id: u32,
    handler: &[u8],
    tables: &[u8],
    in_mdia: &[u8],
    others: &[u8],
) -> Vec<u8> {
    let in_minf = mp4_box(b"stbl", tables);
    track_of(id, &hdlr(handler, &[0]), &in_minf, in_mdia, others)
}

/// A track with another handler, and with more boxes in `minf`, in `mdia` and in itself.
pub(crate) fn track_of(
    id: u32,
    hdlr: &[u8],
    in_minf: &[u8],
    in_mdia: &[u8],
    others: &[u8],
) -> Vec<u8> {
    let tkhd = mp4_box(b"tkhd", &join(&[&[0; 12], &id.to_be_bytes(), &[0; 68]]));
    let minf = mp4_box(b"minf", in_minf);
    let mdhd = mp4_box(b"mdhd", &[0; 24]);
    let mdia = mp4_box(b"mdia", &join(&[&mdhd, hdlr, &minf, in_mdia]));
    mp4_box(b"trak", &join(&[&tkhd, &mdia, others]))
}

/// A handler of a type and a name.
pub(crate) fn hdlr(handler: &[u8], name: &[u8]) -> Vec<u8> {
    mp4_box(b"hdlr", &join(&[&[0; 8], handler, &[0; 12], name]))
}

pub(crate) fn tables(chunks: &[(usize, usize)]) -> Vec<u8> {
    let lengths: Vec<_> = chunks.iter().map(|&(_, length)| length).collect();
    join(&[&stsz(&lengths), &stsc(&[(1, 1)]), &stco(chunks)])
}

fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("a small number").to_be_bytes()
}

/// A box of version 0 whose entries follow their count.
pub(crate) fn table(kind: &[u8], entries: &[Vec<u8>]) -> Vec<u8> {
    let payload = join(&[&[0; 4], &number(entries.len()), &entries.concat()]);
    mp4_box(kind, &payload)
}

pub(crate) fn stsz(lengths: &[usize]) -> Vec<u8> {
    let lengths: Vec<_> = lengths.iter().flat_map(|&length| number(length)).collect();
    let payload = join(&[&[0; 8], &number(lengths.len() / 4), &lengths]);
    mp4_box(b"stsz", &payload)
}

/// All samples of one length.
pub(crate) fn stsz_of_same(length: usize, count: usize) -> Vec<u8> {
    mp4_box(b"stsz", &join(&[&[0; 4], &number(length), &number(count)]))
}

/// Runs of chunks: the first chunk's number, and the samples in each.
pub(crate) fn stsc(runs: &[(usize, usize)]) -> Vec<u8> {
    let runs = runs
        .iter()
        .map(|&(first, samples)| join(&[&number(first), &number(samples), &number(1)]));
    table(b"stsc", &runs.collect::<Vec<_>>())
}

pub(crate) fn stco(chunks: &[(usize, usize)]) -> Vec<u8> {
    let offsets = chunks
        .iter()
        .map(|&(start, _)| number(DATA + start).to_vec());
    table(b"stco", &offsets.collect::<Vec<_>>())
}

pub(crate) fn co64(chunks: &[(usize, usize)]) -> Vec<u8> {
    let offsets = chunks
        .iter()
        .map(|&(start, _)| (DATA as u64 + start as u64).to_be_bytes().to_vec());
    table(b"co64", &offsets.collect::<Vec<_>>())
}

/// The description of sound of a number of channels and bits.
pub(crate) fn stsd_of_sound(channels: u8, bits: u8) -> Vec<u8> {
    let entry = join(&[&[0; 16], &[0, channels, 0, bits], &[0; 8]]);
    table(b"stsd", &[mp4_box(b"sowt", &entry)])
}

/// An item of metadata with a name, in the form of iTunes.
pub(crate) fn free_form(name: &[u8], text: &[u8]) -> Vec<u8> {
    let name = mp4_box(b"name", &join(&[&[0; 4], name]));
    let data = mp4_box(b"data", &join(&[&[0, 0, 0, 1, 0, 0, 0, 0], text]));
    let mean = mp4_box(b"mean", b"\0\0\0\0com.apple.iTunes");
    mp4_box(b"----", &join(&[&mean, &name, &data]))
}
