//! The sample files that the page offers.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::{STORED_FILE_POLICY, response};

struct Sample {
    name: &'static str,
    media_type: &'static str,
    content: &'static [u8],
}

const SAMPLES: [Sample; 5] = [
    Sample {
        name: "photo.jpg",
        media_type: "image/jpeg",
        content: include_bytes!("../../../../tests/samples/photo.jpg"),
    },
    Sample {
        name: "IMG_0042.mov",
        media_type: "video/quicktime",
        content: include_bytes!("../../../../tests/samples/refused/mov.mp4"),
    },
    Sample {
        name: "IMG_2041.jpg",
        media_type: "image/jpeg",
        content: include_bytes!("../../../../tests/samples/refused/heic.jpg"),
    },
    Sample {
        name: "receipt.png",
        media_type: "image/png",
        content: include_bytes!("../../../../tests/samples/refused/exe.txt"),
    },
    Sample {
        name: "offer.pdf",
        media_type: "application/pdf",
        content: include_bytes!("../../../../tests/samples/refused/pdf.txt"),
    },
];

/// Responds with a sample, with the media type that its name implies.
pub(super) async fn sample(Path(name): Path<String>) -> Response {
    let sample = SAMPLES.iter().find(|sample| sample.name == name);
    match sample {
        Some(sample) => response(sample.media_type, STORED_FILE_POLICY, sample.content),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
