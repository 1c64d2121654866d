//! Memory under load stays below the bound that the function's README states.

use std::time::Duration;

use futures_util::future::join_all;
use gateway_tests::{
    Form, Gateway, OBJECT_KEY, PATIENT, Request, Script, ScriptedUpstream, Wire, gateway_threads,
    in_time, sample,
};

use crate::{ask, scripted};

const MIB: usize = 1024 * 1024;

/// How many uploads are held at once.
const UPLOADS: usize = 12;

/// The buffers of the connections, and what an allocator does not give back.
const SLACK_BYTES: usize = 8 * MIB + UPLOADS * 320 * 1024;

/// What may stay of that when the uploads are over: two bodies.
const AFTERWARDS_BYTES: u64 = 8 * MIB as u64;

/// How often the memory is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// The largest body.
const MAX_BODY_BYTES: usize = 4 * MIB;

/// Uploads that the upstream holds: as many as are taken, each of almost the largest body.
struct Held {
    upstream: ScriptedUpstream,
    gateway: Gateway,
    base: u64,
    wires: Vec<Wire>,
}

async fn hold(request: &Request, more: &[(&str, &str)]) -> Held {
    assert!((MAX_BODY_BYTES - 4096..=MAX_BODY_BYTES).contains(&request.body.len()));
    let upstream = ScriptedUpstream::start(Script::holding()).await;
    let (uploads, max_body) = (UPLOADS.to_string(), MAX_BODY_BYTES.to_string());
    let settings = [
        ("HEAD_TIMEOUT_MS", "3600000"),
        ("MAX_UPLOADS_IN_FLIGHT", uploads.as_str()),
        ("MAX_BODY_BYTES", &max_body),
    ];
    let gateway = scripted(&upstream, &[&PATIENT[..], &settings, more].concat()).await;
    let process = gateway.process();
    let base = process.peak_resident_bytes();

    let message = request.to_bytes();
    let send = async || {
        let mut wire = Wire::open(gateway.address()).await;
        wire.send(&message).await;
        wire
    };
    let wires = join_all((0..UPLOADS).map(|_| send())).await;
    upstream.until_complete(UPLOADS).await;
    Held {
        upstream,
        gateway,
        base,
        wires,
    }
}

impl Held {
    async fn release(&mut self) {
        self.upstream.release();
        for wire in &mut self.wires {
            assert_eq!(wire.answer().await.assert_stored(), OBJECT_KEY);
        }
    }
}

/// How much the process has grown for as many uploads as are taken.
async fn growth(request: Request, more: &[(&str, &str)]) -> usize {
    let mut held = hold(&request, more).await;
    // A further upload is rejected: the gateway holds as many as it accepts.
    let (answer, _) = ask(&held.gateway, Request::png().to_bytes()).await;
    answer.assert_refused(503, "13", &["overloaded"]);
    let growth = held.gateway.process().peak_growth(held.base);
    held.release().await;
    growth
}

/// Text of this many bytes.
fn text(bytes: usize) -> Vec<u8> {
    let line = b"one line of text after the other\n";
    let mut text = line.repeat(bytes.div_ceil(line.len()));
    text.truncate(bytes);
    text
}

/// A body of almost the largest size around text of the share of it that Base64 leaves.
fn json() -> Request {
    Request::upload("txt", &text((MAX_BODY_BYTES - 1024) / 4 * 3))
}

/// Base64 in JSON is forwarded unchanged, so each body is held once.
#[tokio::test]
async fn memory_of_documented_json_is_bounded() {
    let growth = growth(json(), &[]).await;
    let bound = UPLOADS * MAX_BODY_BYTES + SLACK_BYTES;
    assert!(growth <= bound, "{growth} bytes are more than {bound}");
}

/// The scanner gets a file in pieces, so that it need not be there decoded.
#[tokio::test]
async fn scanning_needs_little_more_memory() {
    const BYTES_A_SCAN: usize = 128 * 1024;
    let scanner = ScriptedUpstream::start(Script::scanning("stream: OK\0")).await;
    let growth = growth(json(), &[("SCAN_CLAMD", &scanner.clamd())]).await;
    let bound = UPLOADS * (MAX_BODY_BYTES + BYTES_A_SCAN) + SLACK_BYTES;
    assert!(growth <= bound, "{growth} bytes are more than {bound}");
}

/// Of everything else Base64 is made or made again, a third larger than the file at most; until
/// then there is the body too, and on each of the two threads a copy or two while it is read.
#[tokio::test]
async fn memory_of_other_formats_is_bounded() {
    let escaped = String::from_utf8(json().body).expect("text");
    let escaped = escaped.replacen("fileStream\":\"b", "fileStream\":\"\\u0062", 1);
    let file = text(MAX_BODY_BYTES - 1024);
    let requests = [
        Request::new(escaped),
        Request::raw("text/plain", &file),
        Form::new().file("a.txt", "text/plain", &file).request(),
    ];
    for request in requests {
        let shown = format!("{:?}", request.headers);
        let growth = growth(request, &[]).await;
        // As many are validated at the same time.
        let threads = gateway_threads();
        let bound = (UPLOADS * 7 / 3 + 2 * threads) * MAX_BODY_BYTES + SLACK_BYTES;
        assert!(
            growth <= bound,
            "{growth} bytes are more than {bound}: {shown}"
        );
    }
}

/// Returns a picture of this many bytes with a location in its metadata.
fn picture(bytes: usize) -> Vec<u8> {
    const END_BYTES: usize = 12;
    let mut picture = sample("geotagged.png");
    let end = picture.split_off(picture.len() - END_BYTES);
    let data = bytes - picture.len() - 12 - END_BYTES;
    picture.extend(u32::try_from(data).expect("a length").to_be_bytes());
    picture.extend(b"IDAT");
    picture.resize(bytes - END_BYTES, 0);
    picture.extend(end);
    picture
}

/// Of the documented JSON too Base64 is made again then, in place of the body. On each thread there are
/// the file, a copy without its metadata, and the new text.
#[tokio::test]
async fn memory_of_metadata_removal_is_bounded() {
    let whole = picture(MAX_BODY_BYTES - 1024);
    let json = Request::upload("png", &picture((MAX_BODY_BYTES - 1024) / 4 * 3));
    let raw = Request::raw("image/png", &whole);
    // The allocator keeps freed memory in blocks that do not fit the next text.
    for (request, thirds) in [(json, 5), (raw, 7)] {
        let growth = growth(request, &[("STRIP_METADATA", "location")]).await;
        let threads = gateway_threads();
        let bound = (UPLOADS * thirds / 3 + 3 * threads) * MAX_BODY_BYTES + SLACK_BYTES;
        assert!(growth <= bound, "{growth} bytes are more than {bound}");
    }
}

/// Returns a movie of this many bytes, most of which are free space.
fn movie(bytes: usize) -> Vec<u8> {
    let mut movie = sample("refused/mov.mp4");
    let free = bytes - movie.len();
    movie.extend(u32::try_from(free).expect("a length").to_be_bytes());
    movie.extend(b"free");
    movie.resize(bytes, 7);
    movie
}

/// A movie is converted in place, so a conversion takes no more than removing metadata.
#[tokio::test]
async fn conversions_take_three_bodies_more_on_each_thread() {
    let json = Request::upload("mp4", &movie((MAX_BODY_BYTES - 1024) / 4 * 3));
    let raw = Request::raw("video/quicktime", &movie(MAX_BODY_BYTES - 1024));
    for (request, thirds) in [(json, 5), (raw, 7)] {
        let growth = growth(request, &[]).await;
        let threads = gateway_threads();
        let bound = (UPLOADS * thirds / 3 + 3 * threads) * MAX_BODY_BYTES + SLACK_BYTES;
        assert!(growth <= bound, "{growth} bytes are more than {bound}");
    }
}

/// In every format, also where the file's Base64 is made from what came.
#[tokio::test]
async fn memory_is_released_after_a_burst() {
    let file = text(MAX_BODY_BYTES - 1024);
    let form = Form::new().file("a.txt", "text/plain", &file).request();
    let requests = [json(), Request::raw("text/plain", &file), form];
    let bursts = requests.iter().map(async |request| {
        let mut held = hold(request, &[]).await;
        held.release().await;
        let quiet = async {
            while held.gateway.process().resident_bytes() > held.base + AFTERWARDS_BYTES {
                // Nothing comes; the time passes.
                held.wires[0].is_readable_within(PAUSE).await;
            }
        };
        in_time("the memory must be given back", quiet).await;
    });
    join_all(bursts).await;
}
