//! Files that are sent on while they still arrive.
//!
//! [`FileHead::prove`] is the only way to a [`StreamedUpload`], and only that gives bytes to be sent
//! on: streaming something unproven does not compile.
//!
//! ```compile_fail
//! let upload = ccmessaging_core::StreamedUpload::default();
//! ```
//!
//! What only the whole file can tell, its size, is checked while it comes. A problem found then must
//! keep the upstream from seeing a complete request: only [`StreamedUpload::finish`] gives the end
//! of the body, without which it is not JSON.

mod head;
mod upload;

pub use head::FileHead;
pub use upload::StreamedUpload;
