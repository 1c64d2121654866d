//! Base64 as it really arrives, and the canonical form that is sent on.
//!
//! What is tolerated and what is refused is told at [`CanonicalBase64::from_text`]. A `data:` URL
//! (RFC 2397) in front of a text is cut off before, and its media type compared with `fileType`.

mod canonical;
mod data_url;
mod encoder;
mod error;
mod normalise;

pub use canonical::CanonicalBase64;
pub use error::{Base64Error, Base64Problem};

pub(crate) use data_url::DataUrl;
pub(crate) use encoder::Encoder;
