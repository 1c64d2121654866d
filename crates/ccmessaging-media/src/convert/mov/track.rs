//! A track of the movie, and its new `trak`.

use super::headers::TrackKind;
use super::{description, headers};
use crate::convert::ConvertError;
use crate::mp4::{BoxAt, entries, handler, write_box, write_payload};

/// A video or sound track.
pub(super) struct Track {
    pub(super) kind: TrackKind,
    /// It is played unless the user chooses otherwise.
    pub(super) is_enabled: bool,
    /// Of the tracks with the same number, one is played; 0 means none.
    pub(super) alternate_group: u16,
    /// The new sample descriptions (`stsd`), or why there are none.
    pub(super) description: Result<Vec<u8>, ConvertError>,
    pub(super) stbl: BoxAt,
    tkhd: BoxAt,
    elst: Option<BoxAt>,
    mdhd: BoxAt,
    minf: BoxAt,
}

impl Track {
    /// Reads a `trak` box. Returns `None` for a track that is neither video nor sound.
    pub(super) fn read(trak: &BoxAt, file: &[u8]) -> Result<Option<Self>, ConvertError> {
        let damaged = ConvertError::from(trak.invalid());
        let mdia = trak.child(file, *b"mdia")?.ok_or(damaged)?;
        let kind = match handler(trak, file)? {
            Some(b"vide") => TrackKind::Video,
            Some(b"soun") => TrackKind::Sound,
            Some(_) => return Ok(None),
            None => return Err(damaged),
        };
        let tkhd = trak.child(file, *b"tkhd")?.ok_or(damaged)?;
        let minf = mdia.child(file, *b"minf")?.ok_or(damaged)?;
        let stbl = minf.child(file, *b"stbl")?.ok_or(damaged)?;
        let stsd = stbl.child(file, *b"stsd")?.ok_or(damaged)?;
        let description = if is_self_contained(&minf, file)? {
            description::convert(&stsd, file, kind)
        } else {
            Err(ConvertError::External)
        };
        let header = &file[tkhd.payload.clone()];
        // Eight reserved bytes and the layer precede the group.
        let rest = header.get(headers::end_of_dates(header, 24)..);
        let group = rest.and_then(|rest| rest.get(10..)?.first_chunk());
        Ok(Some(Self {
            kind,
            is_enabled: header.get(3).is_some_and(|flags| flags & 1 == 1),
            alternate_group: group.map_or(0, |&group| u16::from_be_bytes(group)),
            description,
            stbl,
            tkhd,
            elst: trak.descendant(file, &[*b"edts", *b"elst"])?,
            mdhd: mdia.child(file, *b"mdhd")?.ok_or(damaged)?,
            minf,
        }))
    }

    /// Writes the new `trak`.
    pub(super) fn write(&self, file: &[u8], output: &mut Vec<u8>) -> Result<(), ConvertError> {
        write_box(output, *b"trak", |output| {
            headers::write_tkhd(&self.tkhd, file, output)?;
            if let Some(elst) = &self.elst {
                write_box(output, *b"edts", |output| copy(elst, file, output))?;
            }
            write_box(output, *b"mdia", |output| {
                headers::write_mdhd(&self.mdhd, file, output)?;
                headers::write_hdlr(self.kind, output)?;
                write_box(output, *b"minf", |output| self.write_minf(file, output))
            })
        })
    }

    fn write_minf(&self, file: &[u8], output: &mut Vec<u8>) -> Result<(), ConvertError> {
        match self.kind {
            // Flags 1, mode "copy".
            TrackKind::Video => {
                write_payload(output, *b"vmhd", &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])?;
            }
            TrackKind::Sound => headers::write_smhd(&self.minf, file, output)?,
        }
        write_box(output, *b"dinf", |output| {
            write_box(output, *b"dref", |output| {
                output.extend([0, 0, 0, 0, 0, 0, 0, 1]);
                // Flags 1: in this file.
                write_payload(output, *b"url ", &[0, 0, 0, 1])
            })
        })?;
        write_box(output, *b"stbl", |output| {
            output.extend_from_slice(self.description.as_ref().map_err(|&error| error)?);
            for found in self.stbl.children(file) {
                let found = found?;
                match &found.kind {
                    b"ctts" => write_ctts(&found, file, output)?,
                    b"stts" | b"cslg" | b"stsc" | b"stsz" | b"stz2" | b"stco" | b"co64"
                    | b"stss" | b"sdtp" | b"sbgp" | b"sgpd" | b"subs" => {
                        copy(&found, file, output)?;
                    }
                    // Among others `stps`, which only QuickTime defines.
                    _ => {}
                }
            }
            Ok(())
        })
    }
}

/// Returns whether all data references are to this file: their flag 1.
fn is_self_contained(minf: &BoxAt, file: &[u8]) -> Result<bool, ConvertError> {
    let Some(dref) = minf.descendant(file, &[*b"dinf", *b"dref"])? else {
        return Ok(true);
    };
    for reference in dref.without_count().children(file) {
        let flags = file[reference?.payload].get(3);
        if flags.is_none_or(|flags| flags & 1 == 0) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Copies composition offsets. `QuickTime`'s are signed in every version, MP4's in version 1 only.
fn write_ctts(ctts: &BoxAt, file: &[u8], output: &mut Vec<u8>) -> Result<(), ConvertError> {
    let payload = &file[ctts.payload.clone()];
    let mut offsets = entries(payload, 8).ok_or(ctts.invalid())?;
    let is_signed = offsets.any(|entry| entry[4] & 0x80 != 0);
    write_box(output, *b"ctts", |output| {
        output.push(u8::from(is_signed));
        output.extend_from_slice(&payload[1..]);
        Ok(())
    })
}

fn copy(found: &BoxAt, file: &[u8], output: &mut Vec<u8>) -> Result<(), ConvertError> {
    Ok(write_payload(
        output,
        found.kind,
        &file[found.payload.clone()],
    )?)
}
