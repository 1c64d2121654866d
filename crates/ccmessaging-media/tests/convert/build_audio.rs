//! Builds M4A files, whole and fragmented.

use crate::build_description::{LC, esds, hdlr, sound};
use crate::tree::{join, mp4_box, number, table};

/// The duration of a frame.
pub(crate) const FRAME: usize = 1024;

/// The parts in which audio files differ.
#[derive(Clone, Debug)]
pub(crate) struct Audio {
    /// The sample description.
    pub(crate) entry: Vec<u8>,
    pub(crate) frames: Vec<Vec<u8>>,
    /// Duration in the movie's time scale (1,000), media time (44,100) and rate.
    pub(crate) edits: Vec<(usize, i32, u16)>,
    /// Further tracks.
    pub(crate) tracks: Vec<u8>,
    /// The frames are in fragments of two.
    pub(crate) is_fragmented: bool,
}

impl Audio {
    pub(crate) fn new() -> Self {
        Self {
            entry: sound(b"mp4a", 0, &esds(0x40, LC)),
            frames: (1..=6).map(|index| vec![index; 10]).collect(),
            edits: Vec::new(),
            tracks: Vec::new(),
            is_fragmented: false,
        }
    }

    pub(crate) fn of(configuration: &[u8]) -> Self {
        Self {
            entry: sound(b"mp4a", 0, &esds(0x40, configuration)),
            ..Self::new()
        }
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let ftyp = mp4_box(b"ftyp", b"M4A \0\0\0\0isom");
        if self.is_fragmented {
            let trex = mp4_box(
                b"trex",
                &join(&[&[0; 4], &number(1), &number(1), &number(FRAME), &[0; 8]]),
            );
            let moov = self.moov(&[], 0, &mp4_box(b"mvex", &trex));
            let fragments = self.frames.chunks(2).enumerate();
            let fragments =
                fragments.flat_map(|(index, frames)| fragment(index * 2 * FRAME, frames));
            return join(&[&ftyp, &moov, &fragments.collect::<Vec<_>>()]);
        }
        let data = ftyp.len() + 8;
        let moov = self.moov(&self.frames, data, &[]);
        join(&[&ftyp, &mp4_box(b"mdat", &self.frames.concat()), &moov])
    }

    fn moov(&self, frames: &[Vec<u8>], data: usize, others: &[u8]) -> Vec<u8> {
        let mvhd = join(&[&[0; 12], &number(1000), &[0; 84]]);
        let trak = self.trak(frames, data);
        mp4_box(
            b"moov",
            &join(&[&mp4_box(b"mvhd", &mvhd), &trak, &self.tracks, others]),
        )
    }

    fn trak(&self, frames: &[Vec<u8>], data: usize) -> Vec<u8> {
        let tkhd = join(&[&[0, 0, 0, 7], &[0; 8], &number(1), &[0; 68]]);
        let entries = self.edits.iter().map(|&(duration, time, rate)| {
            join(&[
                &number(duration),
                &time.to_be_bytes(),
                &rate.to_be_bytes(),
                &[0; 2],
            ])
        });
        let edts = mp4_box(b"edts", &table(b"elst", &entries.collect::<Vec<_>>()));
        let mdhd = mp4_box(b"mdhd", &join(&[&[0; 12], &number(44_100), &[0; 8]]));
        let count = number(frames.len());
        let mut ends = frames.iter().scan(data, |end, frame| {
            *end += frame.len();
            Some(*end)
        });
        let starts = frames.iter().map(|frame| {
            let end = ends.next().expect("an end");
            number(end - frame.len()).to_vec()
        });
        let sizes = frames.iter().flat_map(|frame| number(frame.len()));
        let stbl = join(&[
            &table(b"stsd", std::slice::from_ref(&self.entry)),
            &table(b"stts", &[join(&[&count, &number(FRAME)])]),
            &table(b"stsc", &[join(&[&number(1), &number(1), &number(1)])]),
            &mp4_box(
                b"stsz",
                &join(&[&[0; 8], &count, &sizes.collect::<Vec<_>>()]),
            ),
            &table(b"stco", &starts.collect::<Vec<_>>()),
        ]);
        let minf = mp4_box(b"minf", &mp4_box(b"stbl", &stbl));
        let mdia = join(&[&mdhd, &hdlr([0; 4], *b"soun", b"\0"), &minf]);
        mp4_box(
            b"trak",
            &join(&[&mp4_box(b"tkhd", &tkhd), &edts, &mp4_box(b"mdia", &mdia)]),
        )
    }
}

/// A fragment whose frames are after it, as `default-base-is-moof` has it.
fn fragment(time: usize, frames: &[Vec<u8>]) -> Vec<u8> {
    let sizes: Vec<_> = frames
        .iter()
        .flat_map(|frame| number(frame.len()))
        .collect();
    let moof = |offset| {
        let tfhd = mp4_box(b"tfhd", &join(&[&[0, 2, 0, 0], &number(1)]));
        let tfdt = mp4_box(b"tfdt", &join(&[&[0; 4], &number(time)]));
        let trun = join(&[
            &[0, 0, 2, 1],
            &number(frames.len()),
            &number(offset),
            &sizes,
        ]);
        let traf = join(&[&tfhd, &tfdt, &mp4_box(b"trun", &trun)]);
        mp4_box(
            b"moof",
            &join(&[&mp4_box(b"mfhd", &[0; 8]), &mp4_box(b"traf", &traf)]),
        )
    };
    let offset = moof(0).len() + 8;
    join(&[&moof(offset), &mp4_box(b"mdat", &frames.concat())])
}
