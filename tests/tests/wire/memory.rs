//! Memory under load stays below the bound that the function's README states.

use futures_util::future::join_all;
use gateway_tests::{
    Form, HeldUpstream, OBJECT_KEY, PATIENT, Process, Request, Wire, gateway_threads,
};

use crate::{gateway, upload};

const MIB: usize = 1024 * 1024;

/// How many uploads are held at once.
const UPLOADS: usize = 12;

/// The buffers of the connections, and what an allocator does not give back.
const SLACK_BYTES: usize = 8 * MIB + UPLOADS * 320 * 1024;

/// The largest body.
const MAX_BODY_BYTES: usize = 4 * MIB;

/// Holds as many uploads as are taken, each of almost the largest body, and returns how much the
/// process has grown for them.
async fn growth(request: Request) -> usize {
    assert!((MAX_BODY_BYTES - 4096..=MAX_BODY_BYTES).contains(&request.body.len()));
    let mut upstream = HeldUpstream::start().await;
    let settings = [
        ("MAX_UPLOADS_IN_FLIGHT", UPLOADS.to_string()),
        ("MAX_BODY_BYTES", MAX_BODY_BYTES.to_string()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let settings = [&PATIENT[..], &settings].concat();
    let gateway = gateway(upstream.uri(), &settings).await;
    let process = Process::new(gateway.process_id().expect("running"));
    let base = process.peak_resident_bytes();

    let message = request.to_bytes();
    let send = async || {
        let mut wire = Wire::open(gateway.address()).await;
        wire.send(&message).await.expect("an open connection");
        wire
    };
    let mut wires = join_all((0..UPLOADS).map(|_| send())).await;
    upstream.until_holding(UPLOADS).await;
    // One more is not taken: these are as many as there can be.
    let mut shed = Wire::open(gateway.address()).await;
    shed.send(upload().to_bytes())
        .await
        .expect("an open connection");
    let answer = shed.answer().await.expect("an answer");
    answer.assert_refused(503, "13", &["full"]);
    let growth = process.peak_growth(base);

    upstream.release();
    for wire in &mut wires {
        let answer = wire.answer().await.expect("an answer");
        assert_eq!(answer.json()["objectKey"], OBJECT_KEY);
    }
    growth
}

/// Text of this many bytes.
fn text(bytes: usize) -> Vec<u8> {
    b"one line of text after the other\n"
        .iter()
        .copied()
        .cycle()
        .take(bytes)
        .collect()
}

/// A body of almost the largest size around text of the share of it that Base64 leaves.
fn json() -> Request {
    Request::upload("txt", &text((MAX_BODY_BYTES - 1024) / 4 * 3))
}

/// Base64 in JSON is sent on as it came: a body is held once.
#[tokio::test]
async fn the_documented_json_takes_no_more_than_its_bodies() {
    let growth = growth(json()).await;
    let bound = UPLOADS * MAX_BODY_BYTES + SLACK_BYTES;
    assert!(growth <= bound, "{growth} bytes are more than {bound}");
}

/// Of everything else Base64 is made or made anew, a third larger than the file at most; until
/// then there is the body too, and on each of the two threads a copy or two while it is read.
#[tokio::test]
async fn other_bodies_take_no_more_than_themselves_and_their_base64() {
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
        let growth = growth(request).await;
        // As many are validated at the same time.
        let threads = gateway_threads();
        let bound = (UPLOADS * 7 / 3 + 2 * threads) * MAX_BODY_BYTES + SLACK_BYTES;
        assert!(
            growth <= bound,
            "{growth} bytes are more than {bound}: {shown}"
        );
    }
}
