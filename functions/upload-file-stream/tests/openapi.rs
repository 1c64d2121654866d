//! The description tells the truth: its paths, limits, media types and answers are the code's.

use std::collections::BTreeSet;

use ccmessaging_core::{Field, FileType, Policy, UploadError, UploadRequest};
use http::HeaderName;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value, json};
use upload_file_stream::credentials::CredentialsError;
use upload_file_stream::refusal::{FormError, Lateness};
use upload_file_stream::service::{HEALTH_PATH, X_REQUEST_ID};
use upload_file_stream::trace_context::{TRACEPARENT, TRACESTATE};
use upload_file_stream::upstream::{
    CCMESSAGING_TOKEN, TokenError, UPLOAD_PATH, UpstreamError, X_APP_KEY,
};
use upload_file_stream::{Config, OPENAPI_JSON, Refusal};

fn description() -> Value {
    serde_json::from_str(OPENAPI_JSON).expect("the description is JSON")
}

fn upload() -> Value {
    description()["paths"][UPLOAD_PATH]["post"].clone()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// One refusal of every kind. A kind that is missing here does not compile in [`number`] without
/// being noticed there.
fn refusals() -> Vec<Refusal> {
    let upload = |body: &str| {
        let error = UploadRequest::from_json(body.to_owned())
            .and_then(|request| request.validate(&Policy::default()));
        Refusal::Upload(error.expect_err("not a correct upload"))
    };
    let unavailable = || "down".to_owned();
    vec![
        Refusal::UnknownPath,
        Refusal::MethodNotAllowed { allowed: "POST" },
        Refusal::UnsupportedMediaType,
        Refusal::MisdeclaredJson,
        Refusal::UnsupportedEncoding,
        Refusal::BodyTooLarge { limit_bytes: 1 },
        Refusal::BodyTimedOut(Lateness::Whole),
        Refusal::BodyTimedOut(Lateness::Silent),
        Refusal::BodyTimedOut(Lateness::Slow {
            least_bytes_per_second: 1,
        }),
        Refusal::BodyBrokenOff,
        Refusal::MalformedEvent,
        Refusal::MalformedHost,
        Refusal::Form(FormError::BrokenOff),
        Refusal::Credentials(CredentialsError::Missing(CCMESSAGING_TOKEN)),
        Refusal::Credentials(CredentialsError::Repeated(AUTHORIZATION)),
        Refusal::Credentials(CredentialsError::NoAuthorization),
        Refusal::Credentials(CredentialsError::NotBearer),
        Refusal::Token(TokenError::KeyRefused { status: 401 }),
        Refusal::Token(TokenError::Unavailable {
            reason: unavailable(),
        }),
        Refusal::Token(TokenError::SecretUnreadable {
            reason: unavailable(),
        }),
        Refusal::Upstream(UpstreamError::TimedOut),
        Refusal::Full,
        Refusal::Panicked,
        upload("not JSON"),
        upload("[]"),
        upload(r#"{"a":1,"a":2}"#),
        upload("{}"),
        upload(r#"{"fileType":"txt","fileStream":1,"channel":"WEB"}"#),
        upload(r#"{"fileType":"exe","fileStream":"YQ==","channel":"WEB"}"#),
    ]
}

/// A number for each kind, without a catch-all: a new kind stops the build here.
fn number(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::UnknownPath => 0,
        Refusal::MethodNotAllowed { .. } => 1,
        Refusal::UnsupportedMediaType => 2,
        Refusal::MisdeclaredJson => 3,
        Refusal::UnsupportedEncoding => 4,
        Refusal::BodyTooLarge { .. } => 5,
        Refusal::BodyTimedOut(_) => 6,
        Refusal::BodyBrokenOff => 7,
        Refusal::MalformedEvent => 8,
        Refusal::Form(_) => 9,
        Refusal::Credentials(CredentialsError::Missing(_)) => 10,
        Refusal::Credentials(CredentialsError::Repeated(_)) => 11,
        Refusal::Credentials(CredentialsError::NoAuthorization) => 12,
        Refusal::Credentials(CredentialsError::NotBearer) => 13,
        Refusal::Token(TokenError::KeyRefused { .. }) => 14,
        Refusal::Token(TokenError::Unavailable { .. }) => 15,
        Refusal::Token(TokenError::SecretUnreadable { .. }) => 16,
        Refusal::Upstream(_) => 17,
        Refusal::Upload(_) => 18,
        Refusal::Full => 19,
        Refusal::Panicked => 20,
        Refusal::MalformedHost => 21,
    }
}

#[test]
fn every_answer_of_the_gateway_is_described_with_an_example() {
    let responses = upload()["responses"].clone();
    let mut numbers = BTreeSet::new();
    for refusal in refusals() {
        numbers.insert(number(&refusal));
        let status = refusal.status().as_u16().to_string();
        let code = refusal.return_code().as_str();
        let examples = object(&responses[&status]["content"]["application/json"]["examples"]);
        assert!(
            examples
                .values()
                .any(|example| example["value"]["returnCode"] == code),
            "{status} with returnCode {code} is not described: {refusal}"
        );
    }
    assert!(numbers.into_iter().eq(0..=21), "a kind has no sample");
}

#[test]
fn the_paths_are_the_ones_that_are_served() {
    let paths: BTreeSet<String> = object(&description()["paths"]).keys().cloned().collect();
    let served = [UPLOAD_PATH, HEALTH_PATH].map(str::to_owned);
    assert_eq!(paths, BTreeSet::from(served));
}

#[test]
fn the_media_types_are_the_ones_that_are_taken() {
    let content = object(&upload()["requestBody"]["content"]);
    let described: BTreeSet<&str> = content.keys().map(String::as_str).collect();
    let files = FileType::ALL.map(FileType::media_type);
    let others = [
        "application/json",
        "multipart/form-data",
        "application/octet-stream",
    ];
    let taken: BTreeSet<&str> = files.into_iter().chain(others).collect();
    assert_eq!(described, taken);
    let sentence = Refusal::UnsupportedMediaType.to_string();
    for media_type in taken {
        assert!(sentence.contains(media_type), "{media_type}: {sentence}");
    }
}

#[test]
fn the_fields_and_headers_are_the_ones_that_are_read() {
    let description = description();
    let schemas = &description["components"]["schemas"];
    let names = |schema: &str| -> BTreeSet<String> {
        let properties = object(&schemas[schema]["properties"]);
        properties.keys().cloned().collect()
    };
    let fields = |fields: [Field; 3]| BTreeSet::from(fields.map(|field| field.name().to_owned()));
    assert_eq!(names("Upload"), fields(Field::ALL));
    let form = [Field::File, Field::FileType, Field::Channel];
    assert_eq!(names("UploadForm"), fields(form));

    let parameters = object(&description["components"]["parameters"]);
    let headers: BTreeSet<&str> = parameters
        .values()
        .map(|parameter| parameter["name"].as_str().expect("a name"))
        .collect();
    let read = [CCMESSAGING_TOKEN, X_APP_KEY, TRACEPARENT, TRACESTATE];
    assert_eq!(headers, read.iter().map(HeaderName::as_str).collect());
    for (status, response) in object(&upload()["responses"]) {
        let identifier = &response["headers"][X_REQUEST_ID.as_str()];
        assert!(identifier.is_object(), "{status}");
    }
}

#[test]
fn the_limits_are_the_ones_that_apply() {
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
