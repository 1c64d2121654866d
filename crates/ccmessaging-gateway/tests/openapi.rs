//! The OpenAPI description matches the code: paths, limits, media types and responses.

use std::collections::BTreeSet;
use std::sync::Arc;

use ccmessaging_client::{
    CCMESSAGING_TOKEN, CallError, CallErrorKind, Peer, TokenError, UPLOAD_PATH, X_APP_KEY,
};
use ccmessaging_core::chat::{DownloadRequest, HistoryRequest, PollRequest, SendRequest};
use ccmessaging_core::{
    Conversion, Declared, Field, FileType, Limits, Policy, UploadError, UploadRequest,
};
use ccmessaging_gateway::credentials::CredentialsError;
use ccmessaging_gateway::{
    BodyError, BodyTimeout, ChatRejection, Config, DownloadError, FormError, HEALTH_PATH,
    Malformed, MediaTypeError, OPENAPI_JSON, READY_PATH, Rejection, ScanRefusal, TRACEPARENT,
    TRACESTATE, TextInsteadOfFile, TicketError, X_CHAT_TICKET, X_REQUEST_ID,
};
use ccmessaging_media::metadata::StripLevel;
use http::HeaderName;
use http::header::AUTHORIZATION;
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

/// One rejection of every kind. A kind that is missing here does not compile in [`number`] without
/// being noticed there.
fn rejections() -> Vec<Rejection> {
    let upload = |body: &str| {
        let error = UploadRequest::from_json(body.to_owned())
            .and_then(|request| request.validate(&Policy::default()));
        Rejection::Upload(error.expect_err("not a correct upload"))
    };
    let file = |bytes: &[u8], policy: &Policy| {
        let error = UploadRequest::from_file(bytes.to_vec(), Declared::Unknown).validate(policy);
        Rejection::Upload(error.expect_err("not a correct upload"))
    };
    let fields = |count| {
        let fields = (0..count).map(|number| (format!("f{number}"), Value::Null));
        Value::Object(fields.collect()).to_string()
    };
    let unavailable = || "down".to_owned();
    vec![
        Rejection::UnknownPath,
        Rejection::MethodNotAllowed { allowed: "POST" },
        Rejection::MediaType(MediaTypeError::Unsupported),
        Rejection::MediaType(MediaTypeError::TextInsteadOfFile(TextInsteadOfFile::Json)),
        Rejection::MediaType(MediaTypeError::Encoded),
        Rejection::MediaType(MediaTypeError::UnknownEncoding),
        Rejection::MediaType(MediaTypeError::TextInsteadOfFile(TextInsteadOfFile::Form)),
        Rejection::MediaType(MediaTypeError::Missing),
        Rejection::Malformed(Malformed::DecodedBody),
        Rejection::Malformed(Malformed::DecodedText),
        Rejection::Body(BodyError::TooLarge { limit_bytes: 1 }),
        Rejection::Body(BodyError::TimedOut(BodyTimeout::Total)),
        Rejection::Body(BodyError::TimedOut(BodyTimeout::Idle)),
        Rejection::Body(BodyError::TimedOut(BodyTimeout::BelowMinRate {
            min_bytes_per_second: 1,
        })),
        Rejection::Body(BodyError::Evicted),
        Rejection::Body(BodyError::Incomplete),
        Rejection::Malformed(Malformed::Event),
        Rejection::Malformed(Malformed::Host),
        Rejection::Malformed(Malformed::TransferCoding),
        Rejection::Malformed(Malformed::Headers),
        Rejection::Malformed(Malformed::Path),
        Rejection::MediaType(MediaTypeError::Repeated),
        Rejection::Form(FormError::Incomplete),
        Rejection::Credentials(CredentialsError::Missing(CCMESSAGING_TOKEN)),
        Rejection::Credentials(CredentialsError::Repeated(AUTHORIZATION)),
        Rejection::Credentials(CredentialsError::NoAuthorization),
        Rejection::Credentials(CredentialsError::NotBearer),
        Rejection::Token(TokenError::KeyRejected {
            status: http::StatusCode::UNAUTHORIZED,
        }),
        Rejection::Token(CallError::new(Peer::TokenService, CallErrorKind::TimedOut).into()),
        Rejection::Token(TokenError::SecretUnreadable {
            reason: unavailable(),
        }),
        upstream(CallErrorKind::TimedOut),
        Rejection::Scan(ScanRefusal::Malware),
        Rejection::Scan(ScanRefusal::Unavailable),
        Rejection::Overloaded,
        Rejection::Panicked,
        upload("not JSON"),
        upload("[]"),
        upload(r#"{"a":1,"a":2}"#),
        upload("{}"),
        upload(r#"{"fileType":"txt","fileStream":1,"channel":"WEB"}"#),
        upload(r#"{"fileType":"exe","fileStream":"YQ==","channel":"WEB"}"#),
        upload(r#"{"fileType":"txt","fileStream":"YQ==","channel":"SMS"}"#),
        upload(r#"{"fileType":"txt","fileStream":"!","channel":"WEB"}"#),
        upload(r#"{"fileType":"png","fileStream":"data:image/gif;base64,YQ==","channel":"WEB"}"#),
        upload(r#"{"fileType":"txt","fileStream":"data:;base64,","channel":"WEB"}"#),
        upload(r#"{"fileType":"png","fileStream":"YQ==","channel":"WEB"}"#),
        upload(&json!(vec![0; 100]).to_string()),
        upload(&fields(100)),
        file(&[0; 8], &Policy::default()),
        file(b"a", &Policy::default().with_limits(Limits::uniform(0))),
        file(b"undefined", &Policy::default()),
        unremovable(),
        upstream(CallErrorKind::Connect(Arc::new(std::fmt::Error))),
        upstream(CallErrorKind::ConnectionClosed(Arc::new(std::fmt::Error))),
        upstream(CallErrorKind::TooManyInformational),
    ]
}

fn upstream(kind: CallErrorKind) -> Rejection {
    Rejection::Upstream(CallError::new(Peer::ContactCentre, kind))
}

/// A picture with an unreadable chunk.
fn unremovable() -> Rejection {
    let picture = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE\xFF\xFF\xFF\xFF????";
    let upload =
        UploadRequest::from_file(picture.as_slice(), FileType::Png).validate(&Policy::default());
    let result = upload.and_then(|upload| upload.without_metadata(StripLevel::Location));
    Rejection::Upload(result.expect_err("a damaged picture"))
}

/// The paths of the chat's calls.
const CHAT: [&str; 5] = [
    "/apiaccess/ccmessaging/downloadFileStream",
    "/apiaccess/ccmessaging/send",
    "/apiaccess/ccmessaging/sendAsync",
    "/apiaccess/ccmessaging/poll",
    "/apiaccess/ccmessaging/queryHistoryChatMessage",
];

/// One rejection of every kind that only the chat's calls have.
fn chat_rejections() -> Vec<ChatRejection> {
    let send = |body: &str| {
        let error = SendRequest::from_json(body.as_bytes());
        ChatRejection::from(error.expect_err("not a correct message"))
    };
    let long = "x".repeat(25);
    let message = |from: Value, channel: &str| {
        let message = json!({
            "channel": channel, "controlType": "CHAT", "from": from, "to": "c",
            "mediaType": "TEXT", "sourceType": "CUSTOMER", "content": "a",
        });
        send(&message.to_string())
    };
    let download = br#"{"fileId":"local/a","channel":"WEB","fileType":"exe"}"#;
    let poll = |query| PollRequest::from_query(query).expect_err("not a correct query");
    let upstream = |kind, is_message| ChatRejection::Upstream {
        error: CallError::new(Peer::ContactCentre, kind),
        is_message,
    };
    vec![
        send("not JSON"),
        send("[]"),
        send(r#"{"from":"a","from":"b"}"#),
        send(r#"{"a":1}"#),
        send("{}"),
        message(1.into(), "WEB"),
        message("a".into(), "SMS"),
        message(long.into(), "WEB"),
        message("a\u{0}".into(), "WEB"),
        poll("receiverId=%ff").into(),
        DownloadRequest::from_json(download)
            .expect_err("not a type")
            .into(),
        ChatRejection::NotServed,
        ChatRejection::MediaType,
        ChatRejection::TooLarge { limit_bytes: 1 },
        TicketError::Missing.into(),
        TicketError::Invalid.into(),
        TicketError::NotYetValid.into(),
        TicketError::Expired.into(),
        TicketError::Mismatch { field: "from" }.into(),
        ChatRejection::TicketKeys {
            reason: "down".to_owned(),
        },
        DownloadError::Malware.into(),
        DownloadError::NotScanned.into(),
        DownloadError::TooLarge { limit_bytes: 1 }.into(),
        DownloadError::NotFound.into(),
        DownloadError::NotDelivered {
            code: "13".to_owned(),
        }
        .into(),
        DownloadError::Undocumented.into(),
        upstream(CallErrorKind::Connect(Arc::new(std::fmt::Error)), true),
        upstream(CallErrorKind::TimedOut, true),
        upstream(
            CallErrorKind::ConnectionClosed(Arc::new(std::fmt::Error)),
            false,
        ),
        ChatRejection::Panicked { is_message: true },
        ChatRejection::Panicked { is_message: false },
    ]
}

/// Whether the chat's calls are rejected in this way too: before a body is parsed, or behind it.
fn is_shared(rejection: &Rejection) -> bool {
    match rejection {
        Rejection::MediaType(
            MediaTypeError::Encoded | MediaTypeError::UnknownEncoding | MediaTypeError::Repeated,
        )
        | Rejection::MethodNotAllowed { .. }
        | Rejection::Malformed(_)
        | Rejection::Body(_)
        | Rejection::Credentials(_)
        | Rejection::Token(_)
        | Rejection::Overloaded => true,
        Rejection::UnknownPath
        | Rejection::MediaType(_)
        | Rejection::Form(_)
        | Rejection::Upload(_)
        | Rejection::Scan(_)
        | Rejection::Upstream(_)
        | Rejection::Panicked => false,
    }
}

#[test]
fn every_rejection_of_a_chat_call_is_described() {
    let description = description();
    let codes = &description["components"]["schemas"]["ChatRejection"]["properties"]["reasonCode"];
    let codes = codes["enum"].as_array().expect("an enumeration").iter();
    let described: BTreeSet<&str> = codes.filter_map(Value::as_str).collect();
    let shared = rejections().into_iter().filter(is_shared);
    let all = chat_rejections()
        .into_iter()
        .chain(shared.map(ChatRejection::from));
    let mut carried = BTreeSet::new();
    let paths = &description["paths"];
    for rejection in all {
        carried.insert(rejection.reason_code());
        let status = rejection.status();
        // Platforms and servers reject these before they know the call.
        let is_of_the_head = matches!(status.as_u16(), 414 | 431 | 501);
        let is_described = is_of_the_head
            || paths["/apiaccess/ccmessaging/downloadFileStream"]["post"]["responses"]
                [status.as_str()]
            .is_object();
        assert!(is_described, "{status}: {rejection}");
    }
    assert_eq!(described, carried);
}

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

/// A number for each kind, without a catch-all: a new kind stops the build here.
fn number(rejection: &Rejection) -> usize {
    match rejection {
        Rejection::UnknownPath => 0,
        Rejection::MethodNotAllowed { .. } => 1,
        Rejection::MediaType(MediaTypeError::Unsupported | MediaTypeError::UrlEncoded) => 2,
        Rejection::MediaType(MediaTypeError::TextInsteadOfFile(TextInsteadOfFile::Json)) => 3,
        Rejection::MediaType(MediaTypeError::Encoded) => 4,
        Rejection::MediaType(MediaTypeError::UnknownEncoding) => 29,
        Rejection::MediaType(MediaTypeError::TextInsteadOfFile(_)) => 30,
        Rejection::MediaType(MediaTypeError::Missing) => 32,
        Rejection::Malformed(Malformed::DecodedBody) => 33,
        Rejection::Malformed(Malformed::DecodedText) => 31,
        Rejection::Body(BodyError::TooLarge { .. }) => 5,
        Rejection::Body(BodyError::TimedOut(_)) => 6,
        Rejection::Body(BodyError::Incomplete) => 7,
        Rejection::Malformed(Malformed::Event) => 8,
        Rejection::Form(_) => 9,
        Rejection::Credentials(CredentialsError::Missing(_)) => 10,
        Rejection::Credentials(CredentialsError::Repeated(_)) => 11,
        Rejection::Credentials(CredentialsError::NoAuthorization) => 12,
        Rejection::Credentials(CredentialsError::NotBearer) => 13,
        Rejection::Token(TokenError::KeyRejected { .. }) => 14,
        Rejection::Token(TokenError::Unavailable { .. }) => 15,
        Rejection::Token(_) => 16,
        Rejection::Upstream(_) => 17,
        Rejection::Upload(_) => 18,
        Rejection::Overloaded => 19,
        Rejection::Panicked => 20,
        Rejection::Malformed(Malformed::Host) => 21,
        Rejection::Malformed(Malformed::TransferCoding) => 22,
        Rejection::Malformed(Malformed::Headers) => 23,
        Rejection::Malformed(Malformed::Path) => 24,
        Rejection::MediaType(MediaTypeError::Repeated) => 25,
        Rejection::Scan(ScanRefusal::Malware) => 26,
        Rejection::Scan(ScanRefusal::Unavailable) => 27,
        Rejection::Body(BodyError::Evicted) => 28,
    }
}

#[test]
fn every_response_of_the_gateway_is_described_with_an_example() {
    let responses = upload()["responses"].clone();
    let mut numbers = BTreeSet::new();
    for rejection in rejections() {
        numbers.insert(number(&rejection));
        let status = rejection.status().as_u16().to_string();
        let code = rejection.return_code().as_str();
        let examples = object(&responses[&status]["content"]["application/json"]["examples"]);
        assert!(
            examples
                .values()
                .any(|example| example["value"]["returnCode"] == code),
            "{status} with returnCode {code} is not described: {rejection}"
        );
    }
    assert!(numbers.into_iter().eq(0..=33), "a kind has no sample");
}

#[test]
fn documented_reason_codes_are_complete() {
    let described =
        &description()["components"]["schemas"]["Rejection"]["properties"]["reasonCode"];
    let described: BTreeSet<&str> = described["enum"]
        .as_array()
        .expect("an enumeration")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let rejections = rejections();
    let carried = rejections.iter().map(Rejection::reason_code).collect();
    assert_eq!(described, carried);
    for code in described {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(code.bytes().all(is_word), "{code}");
    }
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
