//! Sample descriptions (`stsd`).
//!
//! Sources: `QuickTime` File Format, "Video sample description"; ISO/IEC 14496-12 sections 8.5.2,
//! 12.1.3 and 12.2.3.

use super::headers::TrackKind;
use crate::convert::{Codec, ConvertError};
use crate::mp4::{BoxAt, SoundEntry, write_box, write_payload};

/// Reserved bytes and the number of the data reference, which is the only one.
const FIRST_REFERENCE: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];

/// The fields of a video description, before its extensions.
const VIDEO_BYTES: usize = 78;

/// Writes a new `stsd`.
pub(super) fn convert(stsd: &BoxAt, file: &[u8], kind: TrackKind) -> Result<Vec<u8>, ConvertError> {
    let mut output = Vec::new();
    write_box(&mut output, *b"stsd", |output| {
        // Version, flags and count, which is counted again.
        output.extend([0; 8]);
        let mut count = 0_u32;
        for entry in stsd.without_count().children(file) {
            let entry = entry?;
            match kind {
                TrackKind::Video => write_video(&entry, file, output)?,
                TrackKind::Sound => write_sound(&entry, file, output)?,
            }
            count += 1;
        }
        if count == 0 {
            return Err(ConvertError::from(stsd.invalid()));
        }
        output[12..16].copy_from_slice(&count.to_be_bytes());
        Ok(())
    })?;
    Ok(output)
}

fn write_video(entry: &BoxAt, file: &[u8], output: &mut Vec<u8>) -> Result<(), ConvertError> {
    let damaged = ConvertError::from(entry.invalid());
    let configuration = match &entry.kind {
        b"avc1" | b"avc3" => *b"avcC",
        b"hvc1" | b"hev1" => *b"hvcC",
        b"mp4v" => *b"esds",
        &kind => {
            let codec = Codec::of_entry(kind);
            return Err(ConvertError::Video { codec });
        }
    };
    let fields: &[u8; VIDEO_BYTES] = file[entry.payload.clone()].first_chunk().ok_or(damaged)?;
    let mut extensions = entry.clone();
    extensions.payload.start += VIDEO_BYTES;
    let mut has_configuration = false;
    write_box(output, entry.kind, |output| {
        output.extend(FIRST_REFERENCE);
        // Version, vendor, quality.
        output.extend([0; 16]);
        // Size and resolution.
        output.extend(&fields[24..36]);
        // Data size.
        output.extend([0; 4]);
        // Frame count, compressor name, depth.
        output.extend(&fields[40..76]);
        // No colour table.
        output.extend([0xFF; 2]);
        for found in extensions.children(file) {
            let found = found?;
            let payload = &file[found.payload.clone()];
            has_configuration |= found.kind == configuration;
            match &found.kind {
                b"colr" => write_colr(payload, output)?,
                b"avcC" | b"hvcC" | b"lhvC" | b"esds" | b"pasp" | b"clap" | b"btrt" | b"dvcC"
                | b"dvvC" | b"dvwC" | b"mdcv" | b"clli" | b"cclv" | b"amve" | b"vexu" | b"hfov" => {
                    write_payload(output, found.kind, payload)?;
                }
                _ => {}
            }
        }
        if has_configuration {
            Ok(())
        } else {
            Err(damaged)
        }
    })
}

/// Writes `colr` (ISO/IEC 14496-12 section 12.1.5). `QuickTime`'s type `nclc` has no flag for the full
/// range; such video has the limited one.
fn write_colr(payload: &[u8], output: &mut Vec<u8>) -> Result<(), ConvertError> {
    write_box(output, *b"colr", |output| {
        match payload.strip_prefix(b"nclc").and_then(|rest| rest.get(..6)) {
            Some(colour) => {
                output.extend(b"nclx");
                output.extend(colour);
                output.push(0);
            }
            None => output.extend_from_slice(payload),
        }
        Ok(())
    })
}

fn write_sound(entry: &BoxAt, file: &[u8], output: &mut Vec<u8>) -> Result<(), ConvertError> {
    if entry.kind != *b"mp4a" {
        let codec = Codec::of_entry(entry.kind);
        return Err(ConvertError::Sound { codec });
    }
    let sound = SoundEntry::read(entry, file)?;
    if !sound.stream.is_aac() {
        let codec = Codec::of_object_type(sound.stream.object_type);
        return Err(ConvertError::Sound { codec });
    }
    write_box(output, entry.kind, |output| {
        output.extend(FIRST_REFERENCE);
        output.extend([0; 8]);
        output.extend(sound.channels);
        // 16 bits; two reserved fields.
        output.extend([0, 16, 0, 0, 0, 0]);
        output.extend(sound.rate);
        output.extend([0; 2]);
        Ok(write_payload(output, *b"esds", sound.esds)?)
    })
}
