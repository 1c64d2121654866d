//! The header that HTTP/1.1 demands.

use http::Version;
use http::header::HOST;
use http::request::Parts;

use crate::service::Malformed;

/// Marks a request that has not exactly one `Host`, which RFC 9112 section 3.2 demands to be
/// refused; HTTP/1.0 may have none. The gateway makes no use of the value, but a proxy in front of
/// it may have judged the request by another one.
pub(super) fn check(head: &mut Parts) {
    let hosts = head.headers.get_all(HOST).iter().count();
    let is_right = match head.version {
        Version::HTTP_11 => hosts == 1,
        _ => hosts <= 1,
    };
    if !is_right {
        head.extensions.insert(Malformed::Host);
    }
}
