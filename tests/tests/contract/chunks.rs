//! One chunk of a file, as libraries for chunked and resumable uploads send it.

use gateway_tests::{Form, Platform, Request, sample, upload_json};

use serde_json::{Value, json};

use crate::damaged::GENERIC;
use crate::{refused, refused_as, storing};

/// The names of the number of chunks in forms and queries.
const COUNTS: [&str; 10] = [
    "dztotalchunkcount",
    "resumableTotalChunks",
    "flowTotalChunks",
    "totalChunks",
    "total_chunks",
    "qqtotalparts",
    "chunkCount",
    "total-chunk",
    "chunk_total",
    "upload_chunk_count",
];

/// The names of the chunk's number and of the number of chunks, which may mean something else without the former.
const AMBIGUOUS: [(&str, &str); 5] = [
    ("chunk", "chunks"),
    ("part_number", "totalParts"),
    ("sliceIndex", "sliceTotal"),
    ("shardIndex", "shardTotal"),
    ("chunkNo", "chunks"),
];

/// The documented JSON with other members before or after the documented ones.
fn json_with(members: &Value) -> [Request; 2] {
    let photo = sample("photo.jpg");
    let documented = upload_json("jpg", &photo).to_string();
    let members = members.to_string();
    let inner = |object: &str| object[1..object.len() - 1].to_owned();
    let (documented, members) = (inner(&documented), inner(&members));
    [
        format!("{{{documented},{members}}}"),
        format!("{{{members},{documented}}}"),
    ]
    .map(Request::new)
}

/// The photo in each format.
fn uploads() -> [Request; 3] {
    let photo = sample("photo.jpg");
    [
        form().request(),
        Request::raw("image/jpeg", &photo),
        Request::upload("jpg", &photo),
    ]
}

fn form() -> Form {
    Form::new().file("photo.jpg", "image/jpeg", &sample("photo.jpg"))
}

fn with_query(request: &Request, query: &str) -> Request {
    let path = format!("{}?{query}", request.path);
    request.clone().path(&path)
}

async fn refused_as_chunk(requests: &[Request]) {
    refused_as(
        requests,
        400,
        "malformed_form",
        &["one chunk", "send the file in one request"],
    )
    .await;
}

#[tokio::test]
async fn a_chunk_is_refused_by_its_number_in_form_query_or_header() {
    let photo = sample("photo.jpg");
    let mut requests: Vec<_> = COUNTS.map(|name| form().text(name, "2").request()).into();
    for (number, count) in AMBIGUOUS {
        let form = Form::new().text(count, "3").text(number, "0");
        requests.push(form.file("blob", GENERIC, &photo).request());
    }
    let sizes = form().text("_chunkNumber", "0").text("_totalSize", "9999");
    requests.push(sizes.text("_currentChunkSize", "1000").request());
    requests.push(
        form()
            .text("metadata", r#"{"chunkIndex":0,"totalChunks":4}"#)
            .request(),
    );
    requests.push(
        form()
            .text("chunkMetadata", r#"{"Index":1,"TotalCount":2}"#)
            .request(),
    );
    for request in uploads() {
        let queries = COUNTS.map(|name| with_query(&request, &format!("name=a&{name}=2&x")));
        requests.extend(queries);
        requests.extend(
            AMBIGUOUS.map(|(number, count)| {
                with_query(&request, &format!("name=a&{number}=0&{count}=2"))
            }),
        );
        for name in ["x-total-chunks", "x-chunk-count", "uploader-chunks-total"] {
            requests.push(request.clone().with(name, "2"));
        }
    }
    requests.push(form().text("eof", "false").request());
    requests.push(form().text("last", "0").text("chunk", "0").request());
    refused_as_chunk(&requests).await;
}

/// Files with these names in a form, and in the headers of a body.
fn named(names: &[&str]) -> Vec<Request> {
    let photo = sample("photo.jpg");
    let requests = names.iter().flat_map(|name| {
        let disposition = format!("attachment; filename=\"{name}\"");
        [
            Form::new().file(name, GENERIC, &photo).request(),
            Request::raw(GENERIC, &photo).with("content-disposition", &disposition),
        ]
    });
    requests.collect()
}

#[tokio::test]
async fn a_piece_of_a_file_is_refused_by_its_name() {
    let names = [
        "film.mp4.part1",
        "photo.jpg.part",
        "photo.JPG.PART02",
        "photo.heic.001",
        "photo.jpg.001",
        "photo.jpg.crdownload",
        "notes.txt.part2",
    ];
    refused_as_chunk(&named(&names)).await;
}

#[tokio::test]
async fn a_file_with_a_number_or_a_part_in_its_name_is_stored() {
    let names = [
        "photo.part1.jpg",
        "photo.001",
        "photo.part",
        "photo.2026.001",
        "photo.jpg.1",
        "photo.jpg.partner",
        "log.txt.001",
    ];
    let service = storing(Platform::Http, &[]).await;
    for request in named(&names) {
        let stored = service.store(&request).await;
        assert_eq!(stored, upload_json("jpg", &sample("photo.jpg")));
    }
}

#[tokio::test]
async fn a_chunk_is_refused_by_members_of_the_json() {
    let mut members = vec![
        json!({"chunkIndex": 0, "totalChunks": 4}),
        json!({"chunkIndex": "0", "totalChunks": "4"}),
        json!({"resumableChunkNumber": 1, "resumableTotalChunks": 4}),
        json!({"dzchunkindex": 0, "dztotalchunkcount": 4}),
        json!({"flowChunkNumber": 1, "flowTotalChunks": 4}),
        json!({"_currentChunkSize": 1000, "_totalSize": 9999}),
        json!({"chunkNumber": 0, "isLastChunk": false}),
        json!({"isLastChunk": "False"}),
        json!({"lastChunk": false}),
        json!({"eof": 0}),
        json!({"isEOF": false}),
        json!({"moreChunks": true}),
        json!({"chunk": 0, "isLast": 0}),
        json!({"last": false, "part": 1}),
        json!({"partNumber": 1, "hasMore": true}),
        json!({"chunkIndex": 2}),
        json!({"chunkNumber": 7, "isLastChunk": true}),
        json!({"metadata": {"chunkIndex": 0, "totalChunks": 4}}),
        json!({"metadata": r#"{"chunkIndex":0,"totalChunks":4}"#}),
        json!({"chunkMetadata": r#"{"Index":1,"TotalCount":2}"#}),
    ];
    members.extend(COUNTS.map(|name| json!({ name: 2 })));
    members.extend(AMBIGUOUS.map(|(number, count)| json!({ number: 0, count: 3 })));
    members.extend(AMBIGUOUS.map(|(number, count)| json!({ number: "0", count: "3" })));
    let requests: Vec<_> = members.iter().flat_map(json_with).collect();
    refused_as_chunk(&requests).await;
}

#[tokio::test]
async fn a_file_in_json_with_other_members_is_stored() {
    let mut members = vec![
        json!({"fileSize": 99999, "size": "99999", "fileName": "photo.jpg"}),
        json!({"offset": 0, "totalSize": 99999}),
        json!({"index": 0, "total": 4}),
        json!({"chunkIndex": 0, "isLastChunk": true}),
        json!({"chunkNumber": 1, "last": true, "hasMore": false, "eof": true}),
        json!({"lastChunk": 0, "chunk": 0}),
        // One of several files, and a note.
        json!({"index": 0, "isLast": false, "hasMore": true, "eof": true}),
        json!({"final": false, "more": 1, "last": "Smith", "lastPart": 0}),
        json!({"chunks": [1, 2], "chunk": {"a": 1}, "totalChunks": null}),
        json!({"totalChunks": 1, "chunkIndex": 0}),
        json!({"metadata": {"totalChunks": 1}}),
        json!({"metadata": "[2]", "partNumber": 7}),
        json!({"totalChunks": "2".repeat(2000)}),
        json!({"note": "totalChunks 4", "discount": 3, "thumbnail": "A".repeat(9000)}),
    ];
    members.extend(AMBIGUOUS.map(|(_, count)| json!({ count: 2 })));
    let service = storing(Platform::Http, &[]).await;
    for request in members.iter().flat_map(json_with) {
        let stored = service.store(&request).await;
        assert_eq!(stored, upload_json("jpg", &sample("photo.jpg")));
    }
}

#[tokio::test]
async fn a_chunk_is_refused_by_its_range() {
    let ranges = [
        "bytes 0-999/2000",
        "bytes 1000-1999/2000",
        "bytes=0-999/2000",
        "0-999/2000",
        // Who has the whole file knows its length.
        "bytes 0-999/*",
        "bytes 1000-1999/*",
    ];
    let requests: Vec<_> = uploads()
        .iter()
        .flat_map(|request| ranges.map(|range| request.clone().with("content-range", range)))
        .chain(uploads().map(|request| request.with("x-content-range", ranges[0])))
        .collect();
    refused_as_chunk(&requests).await;
}

#[tokio::test]
async fn a_part_of_a_resumable_upload_is_refused() {
    let with = |headers: &[(&str, &str)]| {
        uploads().map(|request| {
            let with = |request: Request, &(name, value): &(&str, &str)| request.with(name, value);
            headers.iter().fold(request, with)
        })
    };
    let requests = [
        with(&[("upload-offset", "1000")]),
        with(&[("upload-offset", "0"), ("upload-length", "99999999")]),
        with(&[("upload-complete", "?0")]),
        with(&[("upload-incomplete", "?1")]),
    ];
    refused_as_chunk(&requests.concat()).await;

    let photo = sample("photo.jpg");
    let tus = Request::raw("application/offset+octet-stream", &photo);
    let requests = [tus, Request::raw("image/jpeg", b"")]
        .map(|request| request.with("tus-resumable", "1.0.0"));
    refused(&requests, 400, "3", &["tus", "in one request"]).await;

    // FilePond announces the file with a form that only has its metadata.
    let service = storing(Platform::Http, &[]).await;
    let announced = Form::new().text("file", "{}").request();
    let announced = announced.with("upload-length", "99999999");
    let answer = service.refuse(&announced).await;
    answer.assert_refused(400, "3", &["one chunk"]);
}

#[tokio::test]
async fn a_file_of_one_chunk_is_stored() {
    let photo = sample("photo.jpg");
    let mut requests: Vec<_> = COUNTS.map(|name| form().text(name, "1").request()).into();
    let sizes = form().text("_totalSize", "1000");
    requests.push(sizes.text("_currentChunkSize", "1000").request());
    requests.push(form().text("metadata", r#"{"totalChunks":1}"#).request());
    requests.push(
        form()
            .text("metadata", "[2]")
            .text("totalSize", "9")
            .request(),
    );
    for (_, count) in AMBIGUOUS {
        requests.push(form().text(count, "2").request());
    }
    for request in uploads() {
        requests.push(with_query(&request, "chunks=1&totalChunks=many&chunk=2"));
        requests.push(with_query(&request, "chunks=2&totalParts=3&totalSize=9"));
        requests.push(request.clone().with("total-parts", "4"));
        for range in ["bytes 0-1999/2000", "bytes */2000", "items 0-1/9", "items"] {
            requests.push(request.clone().with("content-range", range));
        }
        // Apple's URLSession offers to resume a whole file.
        let offered = request.clone().with("upload-incomplete", "?0");
        requests.push(offered.with("upload-draft-interop-version", "3"));
        requests.push(request.clone().with("upload-complete", "?1"));
        requests.push(request.with("x-total-chunks", "1"));
    }
    let service = storing(Platform::Http, &[]).await;
    for request in &requests {
        let stored = service.store(request).await;
        assert_eq!(stored, upload_json("jpg", &photo), "{:?}", request.headers);
    }
    let length = photo.len().to_string();
    let whole = Request::raw("image/jpeg", &photo).with("upload-length", &length);
    service.store(&whole).await;
    service.store(&whole.with("upload-offset", "0")).await;
}
