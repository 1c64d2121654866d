//! MP4 files: their boxes, sample tables, fragments and sound descriptions. Conversion, the removal of metadata and
//! [`tracks`](crate::tracks) share them.

mod boxes;
mod elementary_stream;
mod fields;
mod fragments;
mod samples;
mod sound_entry;

pub(crate) use boxes::{BoxAt, Boxes, InvalidBox, write_box, write_payload};
pub(crate) use elementary_stream::{AudioConfig, ElementaryStream};
pub(crate) use fields::{Fields, handler, number_after_dates};
pub(crate) use fragments::{Defaults, Fragments};
pub(crate) use samples::{SampleTables, entries, sort_and_merge};
pub(crate) use sound_entry::SoundEntry;
