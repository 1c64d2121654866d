//! The box structure of MP4 files, shared by every edit of them.

mod boxes;

pub(crate) use boxes::{BoxAt, Boxes, InvalidBox};
