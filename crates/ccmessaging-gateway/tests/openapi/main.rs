//! The OpenAPI description matches the code: paths, limits, media types and responses.

mod rejections;
mod samples;

use std::collections::BTreeSet;

use ccmessaging_client::{CCMESSAGING_TOKEN, UPLOAD_PATH, X_APP_KEY};
use ccmessaging_core::chat::{DownloadRequest, HistoryRequest, SendRequest};
use ccmessaging_core::{Conversion, Field, FileType, Policy, UploadError, UploadRequest};
use ccmessaging_gateway::{
    Config, HEALTH_PATH, MediaTypeError, OPENAPI_JSON, READY_PATH, Rejection, TRACEPARENT,
    TRACESTATE, X_CHAT_TICKET, X_REQUEST_ID,
};
use http::HeaderName;
use serde_json::{Map, Value, json};

fn description() -> Value {
    serde_json::from_str(OPENAPI_JSON).expect("the description is JSON")
}

fn upload() -> Value {
    description()["paths"][UPLOAD_PATH]["post"].clone()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// The paths of the chat's calls.
const CHAT: [&str; 5] = [
    "/apiaccess/ccmessaging/downloadFileStream",
    "/apiaccess/ccmessaging/send",
    "/apiaccess/ccmessaging/sendAsync",
    "/apiaccess/ccmessaging/poll",
    "/apiaccess/ccmessaging/queryHistoryChatMessage",
];

#[test]
fn every_example_of_a_chat_call_is_correct() {
    let description = description();
    let mut count = 0;
    for path in CHAT {
        let content = &description["paths"][path]["post"]["requestBody"]["content"];
        let Some(examples) = content["application/json"]["examples"].as_object() else {
            continue;
        };
        for (name, example) in examples {
            let body = example["value"].to_string();
            let parsed = match path.rsplit('/').next() {
                Some("downloadFileStream") => DownloadRequest::from_json(body.as_bytes()).map(drop),
                Some("queryHistoryChatMessage") => {
                    HistoryRequest::from_json(body.as_bytes()).map(drop)
                }
                _ => SendRequest::from_json(body.as_bytes()).map(drop),
            };
            assert_eq!(parsed, Ok(()), "{path}: {name}");
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

#[test]
fn documented_paths_are_served() {
    let paths: BTreeSet<String> = object(&description()["paths"]).keys().cloned().collect();
    let served = [UPLOAD_PATH, HEALTH_PATH, READY_PATH]
        .into_iter()
        .chain(CHAT);
    assert_eq!(paths, served.map(str::to_owned).collect());
}

#[test]
fn documented_media_types_are_accepted() {
    let content = object(&upload()["requestBody"]["content"]);
    let described: BTreeSet<&str> = content.keys().map(String::as_str).collect();
    let files = FileType::ALL.iter().map(|file_type| file_type.media_type());
    let others = [
        "application/json",
        "multipart/form-data",
        "application/octet-stream",
    ];
    let taken: BTreeSet<&str> = files.into_iter().chain(others).collect();
    let converted = Conversion::ALL.iter();
    let converted = converted.map(|conversion| conversion.media_types()[0]);
    let all: BTreeSet<&str> = taken.iter().copied().chain(converted).collect();
    assert_eq!(described, all);
    let sentence = Rejection::MediaType(MediaTypeError::Unsupported).to_string();
    for media_type in taken {
        assert!(sentence.contains(media_type), "{media_type}: {sentence}");
    }
}

#[test]
fn documented_fields_and_headers_are_read() {
    let description = description();
    let schemas = &description["components"]["schemas"];
    let names = |schema: &str| -> BTreeSet<String> {
        let properties = object(&schemas[schema]["properties"]);
        properties.keys().cloned().collect()
    };
    let fields = |fields: [Field; 3]| BTreeSet::from(fields.map(|field| field.name().to_owned()));
    assert_eq!(names("Upload"), fields(Field::JSON));
    let form = [Field::File, Field::FileType, Field::Channel];
    assert_eq!(names("UploadForm"), fields(form));

    let parameters = object(&description["components"]["parameters"]);
    let headers: BTreeSet<&str> = parameters
        .values()
        .map(|parameter| parameter["name"].as_str().expect("a name"))
        .collect();
    let read = [
        CCMESSAGING_TOKEN,
        X_APP_KEY,
        X_CHAT_TICKET,
        TRACEPARENT,
        TRACESTATE,
    ];
    assert_eq!(headers, read.iter().map(HeaderName::as_str).collect());
    for (status, response) in object(&upload()["responses"]) {
        let identifier = &response["headers"][X_REQUEST_ID.as_str()];
        assert!(identifier.is_object(), "{status}");
    }
}

#[test]
fn documented_limits_apply() {
    let upstream = ("UPSTREAM_BASE_URL", "https://service.example.com");
    let vars = [upstream].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_vars(vars).expect("usable");
    let schema = &description()["components"]["schemas"]["Upload"];
    let longest = &schema["properties"]["fileStream"]["maxLength"];
    assert_eq!(longest, &json!(config.request.max_body_bytes));

    let most = schema["maxProperties"].as_u64().expect("a number");
    for (count, is_taken) in [(most, true), (most + 1, false)] {
        let mut body = json!({"fileType": "txt", "fileStream": "YQ==", "channel": "WEB"});
        for index in 3..count {
            body[format!("field{index}")] = Value::Null;
        }
        let request = UploadRequest::from_json(body.to_string());
        let is_refused = matches!(request, Err(UploadError::TooManyFields { .. }));
        assert_eq!(is_refused, !is_taken, "{count} fields");
    }
}

#[test]
fn every_example_of_a_request_is_a_correct_upload() {
    let examples = object(&upload()["requestBody"]["content"]["application/json"]["examples"]);
    assert!(!examples.is_empty());
    for (name, example) in examples {
        let request = UploadRequest::from_json(example["value"].to_string());
        let validated = request.and_then(|request| request.validate(&Policy::default()));
        assert!(validated.is_ok(), "{name}: {validated:?}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn visit(value: &Value, root: &Value, count: &mut usize) {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').expect("a local reference");
            assert!(root.pointer(pointer).is_some(), "{reference}");
            *count += 1;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| visit(item, root, count)),
            Value::Object(members) => members.values().for_each(|item| visit(item, root, count)),
            _ => {}
        }
    }
    let description = description();
    let mut count = 0;
    visit(&description, &description, &mut count);
    assert!(count > 0);
}
