//! Samples of movie fragments (ISO/IEC 14496-12 section 8.8), as browsers record them.

use std::ops::Range;

use super::{BoxAt, Fields, InvalidBox};

/// Reads the samples of a track in fragments, one fragment after the other.
pub(crate) struct Fragments<'a> {
    /// The track's identifier.
    pub(crate) id: u32,
    pub(crate) defaults: Defaults,
    pub(crate) file: &'a [u8],
    /// Where `file` begins in the whole file, if it is a part of one.
    pub(crate) offset: usize,
    /// The decoding time of the next sample.
    pub(crate) time: u64,
}

impl Fragments<'_> {
    /// Calls `visit` with range, time and duration of each of the track's samples in a fragment.
    pub(crate) fn for_each_sample<E: From<InvalidBox>>(
        &mut self,
        moof: &BoxAt,
        visit: &mut impl FnMut(Range<usize>, u64, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        let file = self.file;
        let start = self.offset + moof.start;
        let mut is_first = true;
        for found in moof.children(file) {
            let found = found?;
            if found.kind != *b"traf" {
                continue;
            }
            let damaged = found.invalid();
            let tfhd = found.child(file, *b"tfhd")?.ok_or(damaged)?;
            let header = Header::read(&file[tfhd.payload], start, self.defaults);
            let mut header = header.ok_or(damaged)?;
            if header.track == self.id {
                // The base is the end of the previous track's data, which is not read.
                if !header.has_base && !is_first {
                    return Err(damaged.into());
                }
                if let Some(tfdt) = found.child(file, *b"tfdt")? {
                    self.time = decode_time(&file[tfdt.payload]).ok_or(damaged)?;
                }
                for run in found.children(file) {
                    let run = run?;
                    if run.kind == *b"trun" {
                        self.read_run(&run, &mut header, visit)?;
                    }
                }
            }
            is_first = false;
        }
        Ok(())
    }

    /// Reads a run of samples (`trun`).
    fn read_run<E: From<InvalidBox>>(
        &mut self,
        run: &BoxAt,
        header: &mut Header,
        visit: &mut impl FnMut(Range<usize>, u64, u32) -> Result<(), E>,
    ) -> Result<(), E> {
        let damaged = run.invalid();
        let mut fields = Fields(&self.file[run.payload.clone()]);
        let flags = fields.number().ok_or(damaged)?;
        let count = fields.number().ok_or(damaged)?;
        if flags & 1 != 0 {
            let offset = fields.number().ok_or(damaged)?.cast_signed();
            let end = header.base.checked_add_signed(offset.into());
            header.end_of_run = end.ok_or(damaged)?;
        }
        // Flags of the first sample.
        fields.number_if(flags & 4 != 0, 0).ok_or(damaged)?;
        for _ in 0..count {
            let mut next =
                |flag, default| fields.number_if(flags & flag != 0, default).ok_or(damaged);
            let duration = next(0x100, header.defaults.duration)?;
            let size = next(0x200, header.defaults.size)?;
            // Flags and composition offset.
            next(0x400, 0)?;
            next(0x800, 0)?;
            let start = header.end_of_run;
            header.end_of_run = start.checked_add(size.into()).ok_or(damaged)?;
            let start = usize::try_from(start).map_err(|_| damaged)?;
            let end = usize::try_from(header.end_of_run).map_err(|_| damaged)?;
            visit(start..end, self.time, duration)?;
            self.time = self.time.saturating_add(duration.into());
        }
        Ok(())
    }
}

/// The header of a track's fragment (`tfhd`).
struct Header {
    track: u32,
    /// The offset in the file that the offsets of runs are relative to.
    base: u64,
    /// The base does not depend on other tracks.
    has_base: bool,
    /// Where the next run starts unless it has an offset.
    end_of_run: u64,
    defaults: Defaults,
}

impl Header {
    fn read(payload: &[u8], moof: usize, defaults: Defaults) -> Option<Self> {
        let mut fields = Fields(payload);
        let flags = fields.number()?;
        let track = fields.number()?;
        let base = match flags & 1 {
            0 => u64::try_from(moof).ok()?,
            _ => fields.long()?,
        };
        // The sample description.
        fields.number_if(flags & 2 != 0, 0)?;
        Some(Self {
            track,
            base,
            // It is explicit, or defined to be the start of the fragment.
            has_base: flags & 0x2_0001 != 0,
            end_of_run: base,
            defaults: Defaults {
                duration: fields.number_if(flags & 8 != 0, defaults.duration)?,
                size: fields.number_if(flags & 0x10 != 0, defaults.size)?,
            },
        })
    }
}

/// Durations and sizes of samples that do not have their own (`trex`, section 8.8.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Defaults {
    duration: u32,
    size: u32,
}

impl Defaults {
    /// Reads a track's defaults. A movie without fragments has none.
    pub(crate) fn of_movie(moov: &BoxAt, id: u32, file: &[u8]) -> Result<Self, InvalidBox> {
        let Some(mvex) = moov.child(file, *b"mvex")? else {
            return Ok(Self::default());
        };
        for found in mvex.children(file) {
            let found = found?;
            let mut fields = Fields(&file[found.payload.clone()]);
            if found.kind == *b"trex"
                && let (Some(_), Some(track)) = (fields.number(), fields.number())
                && track == id
            {
                let damaged = found.invalid();
                // The sample description comes first.
                fields.number().ok_or(damaged)?;
                return Ok(Self {
                    duration: fields.number().ok_or(damaged)?,
                    size: fields.number().ok_or(damaged)?,
                });
            }
        }
        Ok(Self::default())
    }
}

fn decode_time(payload: &[u8]) -> Option<u64> {
    let mut fields = Fields(payload);
    match fields.number()? >> 24 {
        1 => fields.long(),
        _ => fields.number().map(u64::from),
    }
}
