//! Builds `QuickTime` movies as iPhones, `QuickTime` Player, `GoPro` cameras and `FFmpeg` write them.

use crate::build_description::{LC, colr_nclc, esds, h264, hdlr, hevc, sound, video, wave};
use crate::tree::{join, mp4_box, number, table};

/// A place, as a track of timed metadata and user data record it.
pub(crate) const PLACE: &[u8] = b"+47.3769+008.5417/";

/// The parts in which movies differ.
#[derive(Clone, Debug)]
pub(crate) struct Movie {
    pub(crate) ftyp: Option<Vec<u8>>,
    /// The description precedes the media data.
    pub(crate) moov_first: bool,
    /// The media data's length is 0 or has 64 bits.
    pub(crate) mdat: Mdat,
    pub(crate) tracks: Vec<Track>,
    /// Further boxes in `moov`.
    pub(crate) others: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mdat {
    Short,
    Long,
    ToTheEnd,
}

#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) handler: [u8; 4],
    pub(crate) flags: u8,
    pub(crate) alternate_group: u8,
    /// The entries of `stsd`.
    pub(crate) descriptions: Vec<Vec<u8>>,
    /// One chunk of one sample each. The chunks of all tracks take turns in the media data.
    pub(crate) samples: Vec<Vec<u8>>,
    /// Further boxes in the sample table.
    pub(crate) in_stbl: Vec<u8>,
    pub(crate) dref_flags: u8,
    pub(crate) language: [u8; 2],
}

impl Movie {
    pub(crate) fn new(tracks: Vec<Track>) -> Self {
        Self {
            ftyp: Some(join(&[b"qt  ", &[0; 4], b"qt  "])),
            moov_first: false,
            mdat: Mdat::Short,
            tracks,
            others: Vec::new(),
        }
    }

    pub(crate) fn iphone() -> Self {
        let keys = join(&[&number(8 + 36), b"mdtacom.apple.quicktime.location.ISO6709"]);
        let keys = table(b"keys", &[keys]);
        let data = mp4_box(b"data", &join(&[&[0, 0, 0, 1, 0, 0, 0, 0], PLACE]));
        let ilst = mp4_box(b"ilst", &mp4_box(&[0, 0, 0, 1], &data));
        let handler = hdlr([0; 4], *b"mdta", b"\0");
        let mut metadata = Track::new(*b"meta", vec![mp4_box(b"mebx", &[0; 16])]);
        metadata.samples = vec![PLACE.to_vec(); 3];
        let mut spatial = Track::sound(vec![sound(b"apac", 2, &[])]);
        (spatial.flags, spatial.alternate_group) = (0, 1);
        let mut stereo = Track::sound(vec![sound(b"mp4a", 1, &wave(&esds(0x40, LC)))]);
        stereo.alternate_group = 1;
        // A decoder of AAC starts one frame early.
        stereo.in_stbl = join(&[
            &mp4_box(b"sgpd", b"\x01\0\0\0roll\0\0\0\x02\0\0\0\x01\xFF\xFF"),
            &mp4_box(b"sbgp", b"\0\0\0\0roll\0\0\0\x01\0\0\0\x05\0\0\0\x01"),
        ]);
        Self {
            others: mp4_box(b"meta", &join(&[&handler, &keys, &ilst])),
            ..Self::new(vec![Track::video(vec![hevc()]), stereo, spatial, metadata])
        }
    }

    pub(crate) fn quicktime_player() -> Self {
        let place = mp4_box(b"\xA9xyz", &join(&[&[0, 18, 0x15, 0xC7], PLACE]));
        let chapters = Track {
            flags: 0,
            ..Track::new(*b"text", vec![mp4_box(b"text", &[0; 51])])
        };
        Self {
            ftyp: Some(join(&[b"qt  ", &[0x20, 5, 3, 0], b"qt  ", &[0; 12]])),
            moov_first: true,
            mdat: Mdat::Long,
            others: mp4_box(b"udta", &join(&[&place, &[0; 4]])),
            ..Self::new(vec![
                Track::video(vec![h264(&colr_nclc())]),
                Track::sound(vec![sound(b"mp4a", 2, &wave(&esds(0x40, LC)))]),
                chapters,
            ])
        }
    }

    pub(crate) fn gopro() -> Self {
        let mut positions = Track::new(*b"meta", vec![mp4_box(b"gpmd", &[0; 8])]);
        positions.samples = vec![PLACE.to_vec(); 4];
        let time_code = Track::new(*b"tmcd", vec![mp4_box(b"tmcd", &[0; 26])]);
        Self {
            mdat: Mdat::ToTheEnd,
            moov_first: true,
            others: mp4_box(b"udta", &mp4_box(b"GPMF", PLACE)),
            ..Self::new(vec![
                Track::video(vec![h264(&mp4_box(b"pasp", &[0, 0, 0, 1, 0, 0, 0, 1]))]),
                Track::sound(vec![sound(b"mp4a", 0, &esds(0x40, LC))]),
                time_code,
                positions,
            ])
        }
    }

    pub(crate) fn ffmpeg() -> Self {
        let fiel = mp4_box(b"fiel", &[1, 0]);
        let name = mp4_box(b"\xA9swr", b"\0\x05\x55\xC4Lavf5");
        let visual = join(&[&esds(0x20, &[0; 8]), &fiel, &colr_nclc()]);
        Self {
            others: mp4_box(b"udta", &name),
            ..Self::new(vec![
                Track::video(vec![video(b"mp4v", &visual)]),
                Track::sound(vec![sound(b"mp4a", 1, &wave(&esds(0x40, LC)))]),
                Track::new(*b"tmcd", vec![mp4_box(b"tmcd", &[0; 26])]),
            ])
        }
    }

    /// All of these.
    pub(crate) fn all() -> Vec<Self> {
        vec![
            Self::iphone(),
            Self::quicktime_player(),
            Self::gopro(),
            Self::ffmpeg(),
        ]
    }

    pub(crate) fn build(&self) -> Vec<u8> {
        let start = match &self.ftyp {
            Some(ftyp) => join(&[&mp4_box(b"ftyp", ftyp), &mp4_box(b"wide", &[])]),
            None => mp4_box(b"wide", &[]),
        };
        let header = if self.mdat == Mdat::Long { 16 } else { 8 };
        let before = if self.moov_first {
            self.moov(0).len()
        } else {
            0
        };
        let mdat = self.mdat(!self.moov_first || self.mdat != Mdat::ToTheEnd);
        let moov = self.moov(start.len() + before + header);
        if self.moov_first {
            join(&[&start, &moov, &mdat])
        } else {
            join(&[&start, &mdat, &moov])
        }
    }

    /// The samples in the order of the file, with their tracks' numbers.
    fn interleaved(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let most = self.tracks.iter().map(|track| track.samples.len()).max();
        (0..most.unwrap_or(0)).flat_map(move |index| {
            let tracks = self.tracks.iter().enumerate();
            tracks.filter_map(move |(number, track)| Some((number, &**track.samples.get(index)?)))
        })
    }

    fn mdat(&self, has_length: bool) -> Vec<u8> {
        let samples: Vec<u8> = self
            .interleaved()
            .flat_map(|(_, sample)| sample)
            .copied()
            .collect();
        match self.mdat {
            Mdat::Long => {
                let length = u64::try_from(16 + samples.len()).expect("a length");
                join(&[&[0, 0, 0, 1], b"mdat", &length.to_be_bytes(), &samples])
            }
            _ if has_length => mp4_box(b"mdat", &samples),
            _ => join(&[&[0; 4], b"mdat", &samples]),
        }
    }

    fn moov(&self, data: usize) -> Vec<u8> {
        let mut offsets = vec![Vec::new(); self.tracks.len()];
        let mut position = data;
        for (track, sample) in self.interleaved() {
            offsets[track].push(position);
            position += sample.len();
        }
        let traks = self.tracks.iter().zip(&offsets).zip(1..);
        let traks = traks.flat_map(|((track, offsets), id)| track.build(id, offsets));
        // Time scale 600, duration 600, then QuickTime's preview, poster and selection.
        let mvhd = join(&[
            &[0; 12],
            &number(600),
            &number(600),
            &[0; 52],
            &[7; 24],
            &number(9),
        ]);
        mp4_box(
            b"moov",
            &join(&[
                &mp4_box(b"mvhd", &mvhd),
                &traks.collect::<Vec<_>>(),
                &self.others,
            ]),
        )
    }
}

impl Track {
    pub(crate) fn new(handler: [u8; 4], descriptions: Vec<Vec<u8>>) -> Self {
        Self {
            handler,
            flags: 0x0F,
            alternate_group: 0,
            descriptions,
            samples: vec![vec![0x5A; 5]; 2],
            in_stbl: Vec::new(),
            dref_flags: 1,
            language: [0, 0],
        }
    }

    pub(crate) fn video(descriptions: Vec<Vec<u8>>) -> Self {
        Self {
            samples: (1..9).map(|index| vec![index; 20]).collect(),
            ..Self::new(*b"vide", descriptions)
        }
    }

    pub(crate) fn sound(descriptions: Vec<Vec<u8>>) -> Self {
        Self {
            samples: (1..6).map(|index| vec![0x40 + index; 7]).collect(),
            ..Self::new(*b"soun", descriptions)
        }
    }

    fn build(&self, id: u32, offsets: &[usize]) -> Vec<u8> {
        let group = [0, self.alternate_group];
        let tkhd = join(&[
            &[0, 0, 0, self.flags],
            &[0; 8],
            &id.to_be_bytes(),
            &[0; 4],
            &number(600),
            &[0; 10],
            &group,
            &[0; 48],
        ]);
        let tapt = mp4_box(b"tapt", &mp4_box(b"clef", &[0; 12]));
        let edit = join(&[&number(600), &[0; 4], &[0, 1, 0, 0]]);
        let edts = mp4_box(b"edts", &table(b"elst", &[edit]));
        let mdhd = join(&[
            &[0; 12],
            &number(600),
            &number(600),
            &self.language,
            &[0, 9],
        ]);
        let mdia = join(&[
            &mp4_box(b"mdhd", &mdhd),
            &hdlr(*b"mhlr", self.handler, b"\x10Core Media Video"),
            &mp4_box(b"minf", &self.minf(offsets)),
        ]);
        let tref = mp4_box(b"tref", &mp4_box(b"cdsc", &number(1)));
        mp4_box(
            b"trak",
            &join(&[
                &mp4_box(b"tkhd", &tkhd),
                &tapt,
                &edts,
                &mp4_box(b"mdia", &mdia),
                &tref,
            ]),
        )
    }

    fn minf(&self, offsets: &[usize]) -> Vec<u8> {
        let header = match &self.handler {
            b"vide" => mp4_box(b"vmhd", &[0, 0, 0, 1, 0, 0x40, 0x80, 0, 0x80, 0, 0x80, 0]),
            b"soun" => mp4_box(b"smhd", &[0; 8]),
            _ => mp4_box(b"gmhd", &mp4_box(b"gmin", &[0; 16])),
        };
        let alis = mp4_box(b"alis", &[0, 0, 0, self.dref_flags]);
        let dinf = mp4_box(b"dinf", &table(b"dref", &[alis]));
        let count = self.samples.len();
        let sizes = self.samples.iter().map(|sample| number(sample.len()));
        let sizes = join(&[
            &[0; 8],
            &number(count),
            &sizes.flatten().collect::<Vec<_>>(),
        ]);
        let offsets: Vec<_> = offsets
            .iter()
            .map(|&offset| number(offset).to_vec())
            .collect();
        let stbl = join(&[
            &table(b"stsd", &self.descriptions),
            &table(b"stts", &[join(&[&number(count), &number(100)])]),
            &self.in_stbl,
            &table(b"stsc", &[join(&[&number(1), &number(1), &number(1)])]),
            &mp4_box(b"stsz", &sizes),
            &table(b"stco", &offsets),
        ]);
        join(&[
            &header,
            &hdlr(*b"dhlr", *b"alis", b"\x02hi"),
            &dinf,
            &mp4_box(b"stbl", &stbl),
        ])
    }
}
