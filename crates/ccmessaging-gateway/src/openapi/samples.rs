//! One rejection of every kind.

use std::sync::Arc;

use ccmessaging_client::{CCMESSAGING_TOKEN, CallError, CallErrorKind, Peer, TokenError};
use ccmessaging_core::chat::{DownloadRequest, PollRequest, SendRequest};
use ccmessaging_core::{Declared, Limits, Policy, UploadRequest};
use ccmessaging_media::metadata::StripLevel;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::Malformed;
use crate::body::{BodyError, BodyTimeout};
use crate::credentials::CredentialsError;
use crate::extract::text_instead_of_file::TextInsteadOfFile;
use crate::extract::{FormError, MediaTypeError};
use crate::rejection::{ChatRejection, DownloadError, Rejection, TicketError};
use crate::scan::ScanRefusal;

/// One rejection of every kind that uploads have.
pub(super) fn rejections() -> Vec<Rejection> {
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
        Rejection::Body(BodyError::MemoryFull),
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

/// A picture whose last chunk has a length that none may have.
fn unremovable() -> Rejection {
    let upload = UploadRequest::from_json(
        r#"{"fileType":"png","fileStream":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9a/////9JRU5ErkJggg==","channel":"WEB"}"#,
    );
    let upload = upload.and_then(|request| request.validate(&Policy::default()));
    let result = upload.and_then(|upload| upload.without_metadata(StripLevel::Location));
    Rejection::Upload(result.expect_err("a damaged picture"))
}

/// One rejection of every kind that only the chat's calls have.
pub(super) fn chat_rejections() -> Vec<ChatRejection> {
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
