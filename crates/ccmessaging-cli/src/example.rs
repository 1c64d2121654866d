//! An example command line for the running gateway.

use std::net::SocketAddr;

use ccmessaging_client::UPLOAD_PATH;

/// A one-pixel PNG in Base64.
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
pub(crate) fn upload_command(address: SocketAddr, credentials: ExampleCredentials<'_>) -> String {
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
        "curl -sS http://{address}{UPLOAD_PATH} {headers} -H 'Content-Type: application/json' \
         -w '\\n' -d '{{\"fileType\":\"png\",\"fileStream\":\"{PIXEL}\",\"channel\":\"WEB\"}}'"
    )
}
