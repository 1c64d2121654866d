//! Files that are sent on while they arrive.

mod aborted;
mod answers;
mod delivery;
mod held;
mod memory;

use ccmessaging_sandbox::Sandbox;
use gateway_tests::{Door, Gateway, PATIENT, Request};

use crate::PROGRAM;

const MIB: usize = 1024 * 1024;

/// A body that is held in memory may have this much: less than any file here that is sent on.
const MAX_BODY_BYTES: usize = 2 * MIB;

/// The largest film.
const MAX_VIDEO_BYTES: usize = 80 * MIB;

/// A film of this many bytes, which its first hundred prove.
fn film(bytes: usize) -> Vec<u8> {
    const FTYP: &[u8] = b"\0\0\0\x14ftypisom\0\0\x02\0mp41";
    let mut film = FTYP.to_vec();
    let rest = u32::try_from(bytes - FTYP.len()).expect("a 32-bit length");
    film.extend(rest.to_be_bytes());
    film.extend(b"mdat");
    let mut random = fastrand::Rng::with_seed(7);
    let mut content = vec![0; bytes - film.len()];
    random.fill(&mut content);
    film.extend(content);
    film
}

/// A film as the body.
fn raw(film: &[u8]) -> Request {
    Request::raw("video/mp4", film)
}

/// The gateway that sends everything on that it may.
async fn streaming_gateway(upstream: &str, settings: &[(&str, &str)]) -> Gateway {
    gateway(Door::Http, upstream, "always", settings).await
}

async fn gateway(door: Door, upstream: &str, mode: &str, settings: &[(&str, &str)]) -> Gateway {
    let (max_body, max_video) = (MAX_BODY_BYTES.to_string(), MAX_VIDEO_BYTES.to_string());
    let own = [
        ("UPSTREAM_BASE_URL", upstream),
        ("STREAM_UPLOADS", mode),
        ("MAX_BODY_BYTES", &max_body),
        ("MAX_VIDEO_BYTES", &max_video),
    ];
    Gateway::start(PROGRAM, door, &[&PATIENT, &own[..], settings].concat()).await
}

/// A sandbox that takes what the gateway does.
async fn large_sandbox() -> Sandbox {
    Sandbox::builder()
        .max_body_bytes(2 * MAX_VIDEO_BYTES)
        .max_file_bytes(MAX_VIDEO_BYTES)
        .start()
        .await
        .expect("the sandbox starts")
}

/// The request with credentials that the sandbox accepts.
fn admitted(request: Request, sandbox: &Sandbox) -> Request {
    let authorization = format!("Bearer {}", sandbox.issue_access_token());
    request
        .with("ccmessaging-token", &sandbox.issue_session_token())
        .with("x-app-key", sandbox.app_key())
        .with("authorization", &authorization)
}
