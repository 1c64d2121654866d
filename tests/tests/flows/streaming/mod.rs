//! Files that are sent on while they arrive.

mod aborted;
mod answers;
mod checksum;
mod delivery;
mod held;
mod memory;

use ccmessaging_sandbox::Sandbox;
use gateway_tests::{Answer, Gateway, PATIENT, Platform, Request, SeenRequest};

use crate::PROGRAM;

pub(super) const MIB: usize = 1024 * 1024;

/// A body that is held in memory may have this much: less than any file here that is sent on.
const MAX_BODY_BYTES: usize = 2 * MIB;

/// The largest film.
const MAX_VIDEO_BYTES: usize = 40 * MIB;

/// A film of this many bytes, which its first hundred prove.
pub(super) fn film(bytes: usize) -> Vec<u8> {
    const FTYP: &[u8] = b"\0\0\0\x14ftypisom\0\0\x02\0mp41";
    /// A prime number, so that what is repeated begins elsewhere in each piece that is sent.
    const BLOCK_BYTES: usize = 65_521;
    let mut block = vec![0; BLOCK_BYTES];
    fastrand::Rng::with_seed(7).fill(&mut block);
    let rest = u32::try_from(bytes - FTYP.len()).expect("a 32-bit length");
    let content = block.repeat(bytes.div_ceil(BLOCK_BYTES));
    let mut film = [FTYP, &rest.to_be_bytes(), b"mdat", &content].concat();
    film.truncate(bytes);
    film
}

/// A film as the body.
pub(super) fn raw(film: &[u8]) -> Request {
    Request::raw("video/mp4", film)
}

/// The gateway that sends everything on that it may.
pub(super) async fn streaming_gateway(upstream: &str, settings: &[(&str, &str)]) -> Gateway {
    gateway(Platform::Http, upstream, "always", settings).await
}

async fn gateway(
    platform: Platform,
    upstream: &str,
    mode: &str,
    settings: &[(&str, &str)],
) -> Gateway {
    let (max_body, max_video) = (MAX_BODY_BYTES.to_string(), MAX_VIDEO_BYTES.to_string());
    let own = [
        ("UPSTREAM_BASE_URL", upstream),
        ("STREAM_UPLOADS", mode),
        ("MAX_BODY_BYTES", &max_body),
        ("MAX_VIDEO_BYTES", &max_video),
    ];
    let settings = [&PATIENT, &own[..], settings].concat();
    Gateway::start(PROGRAM, platform, &settings).await
}

pub(super) async fn send(gateway: &Gateway, request: &Request, is_chunked: bool) -> Answer {
    if is_chunked {
        gateway.send_chunked(request).await
    } else {
        gateway.send(request).await
    }
}

/// A sandbox that takes what the gateway does.
pub(super) async fn large_sandbox() -> Sandbox {
    Sandbox::builder()
        .max_body_bytes(2 * MAX_VIDEO_BYTES)
        .max_file_bytes(MAX_VIDEO_BYTES)
        .start()
        .await
        .expect("the sandbox starts")
}

/// The upstream has seen the beginning of a file, and no end of a request.
pub(super) fn assert_incomplete(seen: &SeenRequest) {
    assert!(!seen.is_complete, "{seen:?}");
    assert!(seen.body_bytes > 0, "the head of the file was sent on");
    let end = String::from_utf8_lossy(&seen.end);
    assert!(!end.contains("channel"), "{end}");
    assert!(!end.ends_with("0\r\n\r\n"), "{end}");
}
