//! Any input gets a verdict from every parser of the chat; a request that is accepted is written in a form that is
//! read as the same request. The media type of a file is never one that a browser
//! renders as a page.

#![no_main]

use bytes::Bytes;
use ccmessaging_core::chat::{
    ChatResponse, DownloadRequest, HistoryRequest, LibraryTypes, Message, PollRequest, SendRequest,
    media_type_of_download,
};
use libfuzzer_sys::fuzz_target;

const MAX_BYTES: usize = 1000;

const MEDIA_TYPES: [&str; 12] = [
    "application/msword",
    "application/octet-stream",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/zip",
    "audio/aac",
    "audio/mpeg",
    "image/bmp",
    "image/jpeg",
    "image/png",
    "text/plain",
    "video/mp4",
];

fuzz_target!(|input: &[u8]| {
    requests(input);
    responses(input);
    assert!(MEDIA_TYPES.contains(&media_type_of_download(input)));
});

fn requests(input: &[u8]) {
    if let Ok(request) = SendRequest::from_json(input) {
        assert!(request.user_id().chars().count() <= 24);
        assert_eq!(SendRequest::from_json(&request.to_json()), Ok(request));
    }
    if let Ok(request) = HistoryRequest::from_json(input) {
        assert_eq!(HistoryRequest::from_json(&request.to_json()), Ok(request));
    }
    if let Ok(request) = DownloadRequest::from_json(input) {
        assert_eq!(DownloadRequest::from_json(&request.to_json()), Ok(request));
    }
    let Ok(query) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(request) = PollRequest::from_query(query) {
        let query = request.to_query();
        assert!(query.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(PollRequest::from_query(&query), Ok(request));
    }
}

fn responses(input: &[u8]) {
    if let Ok(mut response) = ChatResponse::from_json(&Bytes::copy_from_slice(input)) {
        let has_file = response.has_file();
        if let Ok(file) = response.take_file(MAX_BYTES) {
            assert_eq!(file.is_some(), has_file);
            assert!(file.is_none_or(|file| (1..=MAX_BYTES).contains(&file.len())));
        }
    }
    for messages in [
        Message::list_from_poll_json(input),
        Message::list_from_history_json(input),
    ] {
        for message in messages.unwrap_or_default() {
            let request = message.download_request(&LibraryTypes::default());
            assert!(request.is_none_or(|request| request.key() == message.content));
        }
    }
}
