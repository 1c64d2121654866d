//! A command line to try the running gateway with, ready to be pasted.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ccmessaging_client::UPLOAD_PATH;

/// The photo among the project's samples, below its root.
const PHOTO: &str = "tests/samples/photo.jpg";

/// An image of one pixel, in Base64, for when the project's samples are out of reach.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The credentials that the caller of the example sends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExampleCredentials<'a> {
    /// A session token of a simulated upstream; the gateway adds the rest.
    Simulated(&'a str),
    /// The session token from a shell variable; the gateway adds the rest.
    SessionToken,
    /// All three from shell variables: the gateway has no credentials of its own.
    All,
}

/// A shell command that uploads an image through the gateway at `address`.
///
/// The file goes through a pipe, because it may be longer than a command line can be; `base64` is
/// called in the one way that all systems know.
pub(crate) fn upload_command(address: SocketAddr, credentials: ExampleCredentials<'_>) -> String {
    let (file_type, file_stream) = match sample_photo() {
        Some(photo) => (
            "jpg",
            format!("\"$(base64 < {} | tr -d '\\n')\"", photo.display()),
        ),
        None => ("png", PIXEL.to_owned()),
    };
    let headers = match credentials {
        ExampleCredentials::Simulated(token) => format!("-H 'ccmessaging-token: {token}'"),
        ExampleCredentials::SessionToken => {
            "-H \"ccmessaging-token: $CCMESSAGING_TOKEN\"".to_owned()
        }
        ExampleCredentials::All => "-H \"ccmessaging-token: $CCMESSAGING_TOKEN\" \
             -H \"x-app-key: $APP_KEY\" -H \"Authorization: Bearer $ACCESS_TOKEN\""
            .to_owned(),
    };
    format!(
        "printf '{{\"fileType\":\"{file_type}\",\"fileStream\":\"%s\",\"channel\":\"WEB\"}}' {file_stream} \
         | curl -sS http://{address}{UPLOAD_PATH} {headers} \
         -H 'Content-Type: application/json' --data-binary @- -w '\\n'"
    )
}

/// The sample photo relative to the working directory, where that is inside the project. Such a
/// path is dots and plain names, so a shell needs no quotes around it.
fn sample_photo() -> Option<PathBuf> {
    let depth = std::env::current_dir().ok()?.ancestors().count();
    (0..depth)
        .map(|up| Path::new(&"../".repeat(up)).join(PHOTO))
        .find(|path| path.is_file())
}
