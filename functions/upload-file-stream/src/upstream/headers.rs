//! The headers of the API that HTTP does not define.

use http::HeaderName;

/// The session token; the upstream rotates it in the response header of the same name.
pub const CCMESSAGING_TOKEN: HeaderName = HeaderName::from_static("ccmessaging-token");

/// The app key.
pub const X_APP_KEY: HeaderName = HeaderName::from_static("x-app-key");
