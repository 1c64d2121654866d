//! The limits as a response to GET on the upload's path.

use ccmessaging_core::FileType;
use gateway_tests::{Platform, Request};
use serde_json::{Value, json};

use crate::{gateway, storing};

const PATHS: [&str; 2] = [
    "/apiaccess/ccmessaging/uploadFileStream",
    "/apiaccess/ccmessaging/uploadFileStream/",
];

/// A request without credentials or a body.
fn get(path: &str) -> Request {
    Request::new("")
        .method("GET")
        .path(path)
        .without("ccmessaging-token")
        .without("authorization")
        .without("x-app-key")
        .without("content-type")
}

#[tokio::test]
async fn limits_types_and_conversions_are_returned_without_credentials() {
    let settings = [
        ("MAX_VIDEO_BYTES", "4000000"),
        ("MAX_BODY_BYTES", "6000000"),
    ];
    for platform in Platform::ALL {
        let service = storing(platform, &settings).await;
        for path in PATHS {
            let answer = service.gateway.send(&get(path)).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
            assert!(answer.header("x-request-id").is_some());
            let json = answer.json();
            assert_eq!(json["maxBodyBytes"], 6_000_000);
            let types = json["types"].as_array().expect("types");
            let names: Vec<_> = types.iter().map(|entry| &entry["fileType"]).collect();
            let all: Vec<_> = FileType::ALL.iter().map(|known| known.name()).collect();
            assert_eq!(names, all);
            let mp4 = json!({
                "fileType": "mp4",
                "extensions": ["mp4"],
                "mediaTypes": ["video/mp4", "video/mpeg4", "video/x-m4v", "application/mp4"],
                "maxBytes": 4_000_000,
            });
            assert!(types.contains(&mp4), "{json}");
            assert_eq!(types[0]["maxBytes"], 4_718_592);
            let conversions = json!([
                {
                    "from": "mov",
                    "extensions": ["mov", "qt"],
                    "mediaTypes": ["video/quicktime", "video/x-quicktime"],
                    "fileType": "mp4",
                },
                {
                    "from": "m4a",
                    "extensions": ["m4a"],
                    "mediaTypes": ["audio/mp4", "audio/x-m4a", "audio/m4a", "audio/mp4a-latm"],
                    "fileType": "aac",
                },
            ]);
            assert_eq!(json["conversions"], conversions);
        }
        // Nothing was sent, and no upload is logged.
        assert!(
            service
                .upstream
                .received_requests()
                .await
                .is_none_or(|all| all.is_empty())
        );
        assert!(
            !service
                .gateway
                .stop()
                .await
                .contains(r#""message":"upload""#)
        );
    }
}

#[tokio::test]
async fn no_conversions_are_listed_if_the_setting_is_off() {
    let service = storing(Platform::Http, &[("CONVERT_MEDIA", "off")]).await;
    let answer = service.gateway.send(&get(PATHS[0])).await;
    assert_eq!(answer.json()["conversions"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn pages_of_allowed_origins_can_read_it() {
    let shop = "https://shop.example.com";
    let settings = [("ALLOWED_ORIGINS", shop)];
    let gateway = gateway(Platform::Http, "https://127.0.0.1:1", &settings).await;
    let answer = gateway.send(&get(PATHS[0]).with("origin", shop)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(shop));
    let preflight = get(PATHS[0]).method("OPTIONS").with("origin", shop);
    let answer = gateway
        .send(&preflight.with("access-control-request-method", "GET"))
        .await;
    let methods = answer.header("access-control-allow-methods");
    assert!(
        methods.is_some_and(|methods| methods.contains("GET")),
        "{methods:?}"
    );
}
