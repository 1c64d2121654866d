//! The box structure of MP4 files, shared by every edit of them.

mod boxes;
mod fields;
mod samples;

pub(crate) use boxes::{BoxAt, Boxes, InvalidBox, write_box, write_payload};
pub(crate) use fields::{Fields, handler, number_after_dates};
pub(crate) use samples::{SampleTables, entries, sort_and_merge};
