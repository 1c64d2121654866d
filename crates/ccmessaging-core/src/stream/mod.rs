//! Files that are sent on while they are still being received.
//!
//! [`FileHead::prove`] is the only way to a [`StreamedUpload`], and that the only source of what is
//! sent on: so streaming something unproven does not compile.
//!
//! ```compile_fail
//! let upload = ccmessaging_core::StreamedUpload::default();
//! ```
//!
//! What only the whole file can tell, its size, is watched while it comes. What is wrong then must
//! keep the upstream from seeing a complete request: only [`StreamedUpload::finish`] gives the end
//! of the body, without which it is no JSON.

mod head;
mod upload;

pub use head::FileHead;
pub use upload::StreamedUpload;
