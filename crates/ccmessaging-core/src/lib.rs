//! Proves that a file is what it claims to be and builds the `uploadFileStream` request.

mod content;
mod file_type;
pub mod sniff;

pub use content::Content;
pub use file_type::{Family, FileType};
