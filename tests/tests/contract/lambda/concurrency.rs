//! An instance that is handed several invocations at once (Lambda Managed Instances).

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use gateway_tests::{
    Platform, Request, Script, ScriptedUpstream, http_api_event, received, upload_json,
};
use serde_json::Value;

use super::{answer, answered};
use crate::{gateway, storing};

const INVOCATIONS: usize = 64;
const SLOTS: usize = 16;

fn at_once() -> (&'static str, &'static str) {
    ("AWS_LAMBDA_MAX_CONCURRENCY", "64")
}

#[tokio::test]
async fn so_many_uploads_are_under_way_at_once() {
    let upstream = ScriptedUpstream::start(Script::holding()).await;
    let gateway = gateway(Platform::Lambda, &upstream.uri(), &[at_once()]).await;
    let event = http_api_event(&Request::png());
    let (answers, ()) = tokio::join!(
        join_all((0..INVOCATIONS).map(|_| answered(&gateway, &event))),
        async {
            upstream.until_complete(INVOCATIONS).await;
            upstream.release();
        }
    );
    for answer in answers {
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }
    let log = gateway.stop().await;
    assert!(!log.contains("AWS_LAMBDA_MAX_CONCURRENCY"), "{log}");
}

#[tokio::test]
async fn each_upload_has_its_own_body() {
    let service = storing(Platform::Lambda, &[at_once()]).await;
    let files: Vec<_> = (0..INVOCATIONS)
        .map(|number| format!("the text of file {number}\n").repeat(1 + 200 * number))
        .collect();
    let uploads = files.iter().map(async |file| {
        let event = http_api_event(&Request::upload("txt", file.as_bytes()));
        assert_eq!(answer(&service.gateway, &event).await.0, 200);
    });
    join_all(uploads).await;
    let received = received(&service.upstream).await;
    let received: Vec<Value> = received
        .iter()
        .map(|request| request.body_json().expect("JSON"))
        .collect();
    assert_eq!(received.len(), INVOCATIONS);
    for file in files {
        assert!(received.contains(&upload_json("txt", file.as_bytes())));
    }
}

#[tokio::test]
async fn no_more_uploads_are_admitted_than_there_are_slots() {
    let upstream = ScriptedUpstream::start(Script::holding()).await;
    let settings = [at_once(), ("MAX_UPLOADS_IN_FLIGHT", "16")];
    let gateway = gateway(Platform::Lambda, &upstream.uri(), &settings).await;
    let event = http_api_event(&Request::png());
    let mut answers: FuturesUnordered<_> = (0..INVOCATIONS)
        .map(|_| answered(&gateway, &event))
        .collect();
    let mut next = async || answers.next().await.expect("an answer")["statusCode"].clone();
    for _ in SLOTS..INVOCATIONS {
        assert_eq!(next().await, 503);
    }
    upstream.until_complete(SLOTS).await;
    upstream.release();
    for _ in 0..SLOTS {
        assert_eq!(next().await, 200);
    }
    assert_eq!(upstream.requests().len(), SLOTS);
}

#[tokio::test]
async fn invalid_client_contexts_do_not_end_the_instance() {
    let settings = [("AWS_LAMBDA_MAX_CONCURRENCY", "4")];
    let service = storing(Platform::Lambda, &settings).await;
    let event = http_api_event(&Request::png());
    for _ in 0..3 {
        // More than there are loops that ask for invocations.
        for _ in 0..6 {
            let runtime = service.gateway.runtime();
            runtime.send_with_client_context(&event, "{");
        }
        assert_eq!(answer(&service.gateway, &event).await.0, 200);
    }
}
