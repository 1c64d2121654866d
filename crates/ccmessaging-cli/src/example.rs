//! An example command line for the running gateway.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ccmessaging_client::UPLOAD_PATH;

/// A sample photo, relative to the project's root.
const PHOTO: &str = "tests/samples/photo.jpg";

/// A one-pixel PNG in Base64, used if the working directory is outside the project.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The credentials in the example.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExampleCredentials<'a> {
    /// A session token of a simulated upstream; the gateway adds the others.
    Simulated(&'a str),
    /// The session token in a shell variable; the gateway adds the others.
    SessionToken,
    /// All three in shell variables: the gateway has no credentials.
    All,
}

/// Returns a shell command that uploads an image through the gateway at `address`.
///
/// The file is piped, because it may exceed the length of a command line; `base64` reads standard input
/// because its options differ between systems.
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

/// Returns the path of the sample photo relative to the working directory, if that is inside the
/// project. It contains only dots and plain names, so a shell needs no quotes.
fn sample_photo() -> Option<PathBuf> {
    let depth = std::env::current_dir().ok()?.ancestors().count();
    (0..depth)
        .map(|up| Path::new(&"../".repeat(up)).join(PHOTO))
        .find(|path| path.is_file())
}
