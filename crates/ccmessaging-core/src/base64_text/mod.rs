//! Base64 as it really arrives, and the canonical form that is sent on.
//!
//! | what arrives | what is done |
//! |---|---|
//! | canonical text (RFC 4648 section 4, padded) | taken as it is, without a copy |
//! | a `data:` URL (RFC 2397) in front | cut off; its media type is compared with `fileType` |
//! | ASCII white space and line breaks, anywhere | left out |
//! | the URL-safe alphabet (RFC 4648 section 5) | translated |
//! | missing padding | added |
//! | both alphabets in one text | refused at the first symbol of the second |
//! | any other character | refused at that character |
//! | too much, too little or misplaced padding | refused at the padding |
//! | a length that no bytes encode to (one symbol left over) | refused |
//! | non-zero bits after the last byte (RFC 4648 section 3.5) | refused: data may be cut off |

mod canonical;
mod data_url;
mod error;
mod normalise;

pub use canonical::CanonicalBase64;
pub use error::{Base64Error, Base64Problem};

pub(crate) use data_url::DataUrl;
