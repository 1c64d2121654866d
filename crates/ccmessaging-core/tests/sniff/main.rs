//! The rules that prove a file's type, one table a family, and what holds across all of them.

mod adif;
mod audio_lead;
mod bmp;
mod build;
mod byte_order_mark;
mod jpg;
mod libmagic;
mod mp4;
mod mpeg_audio;
mod naming;
mod office;
mod pdf;
mod png;
mod properties;
mod samples;
mod text;
mod work;

use ccmessaging_core::{FileType, sniff};

/// Checks a table of named contents against the verdict that all of its rows share.
fn all_are(declared: FileType, expected: bool, table: &[(&str, Vec<u8>)]) {
    for (name, bytes) in table {
        let verdict = sniff::prove(declared, bytes.as_slice());
        assert_eq!(verdict.is_ok(), expected, "{declared}: {name}: {verdict:?}");
    }
}
