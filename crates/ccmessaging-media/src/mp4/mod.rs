//! The box structure of MP4 files, shared by every edit of them.

mod boxes;
mod headers;
mod samples;
mod write;

pub(crate) use boxes::{BoxAt, Boxes, InvalidBox};
pub(crate) use headers::{handler, number_after_dates};
pub(crate) use samples::{SampleTables, entries, sort_and_merge};
pub(crate) use write::{write_box, write_payload};
