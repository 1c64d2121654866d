//! Default durations and sizes of the samples in movie fragments (`trex`, ISO/IEC 14496-12 section 8.8.3).

use crate::convert::ConvertError;
use crate::mp4::BoxAt;

/// Values for samples that do not have their own.
#[derive(Clone, Copy, Default)]
pub(super) struct Defaults {
    pub(super) duration: u32,
    pub(super) size: u32,
}

impl Defaults {
    /// Reads a track's `trex`. A movie without fragments has none.
    pub(super) fn of_movie(moov: &BoxAt, id: u32, file: &[u8]) -> Result<Self, ConvertError> {
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
                let position = found.start;
                let damaged = ConvertError::Damaged { position };
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

/// Consecutive big-endian fields.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    pub(super) fn number(&mut self) -> Option<u32> {
        let (&number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(number))
    }

    pub(super) fn long(&mut self) -> Option<u64> {
        let (&number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(number))
    }

    /// Reads a field if it is there.
    pub(super) fn number_if(&mut self, is_present: bool, default: u32) -> Option<u32> {
        if is_present {
            self.number()
        } else {
            Some(default)
        }
    }
}
