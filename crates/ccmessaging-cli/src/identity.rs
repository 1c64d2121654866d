//! Command-line arguments of a session.

use ccmessaging_client::{Secret, SessionRequest};
use clap::Args;
use http::HeaderValue;

/// The longest `userId` that applyToken accepts, in characters.
const MAX_USER_ID_CHARS: usize = 32;

/// The channel for a simulated upstream, which accepts any.
const SIMULATED_CHANNEL: &str = "sandbox";

/// The customer of a new session, or the token of an existing one.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Session")]
pub(crate) struct SessionOptions {
    /// The customer's identifier, 1 to 32 characters.
    #[arg(long, value_name = "ID", default_value = "ccmessaging-cli", value_parser = parse_user_id)]
    user_id: String,

    /// The customer's name.
    #[arg(long, value_name = "NAME", default_value = "ccmessaging-cli")]
    user_name: String,

    /// The configuration ID of the web channel; a simulated upstream needs none.
    #[arg(long, value_name = "ID", env = "CHANNEL_ID")]
    channel_id: Option<String>,

    /// The customer's language.
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    locale: String,

    /// A session token to use instead of calling applyToken. Other users of this machine can see a
    /// command's arguments; prefer the variable.
    #[arg(long, value_name = "TOKEN", env = "CCMESSAGING_TOKEN", hide_env_values = true, value_parser = parse_token)]
    session_token: Option<HeaderValue>,
}

impl SessionOptions {
    /// Returns the given token.
    pub(crate) fn token(&self) -> Option<&HeaderValue> {
        self.session_token.as_ref()
    }

    /// Returns the parameters of applyToken; `None` if the channel is missing and the upstream is real.
    pub(crate) fn request(&self, is_simulated: bool) -> Option<SessionRequest> {
        let default = is_simulated.then_some(SIMULATED_CHANNEL);
        let channel_id = self.channel_id.as_deref().or(default)?;
        let mut request = SessionRequest::new(channel_id, &self.user_id);
        request.user_name.clone_from(&self.user_name);
        request.locale.clone_from(&self.locale);
        Some(request)
    }
}

fn parse_user_id(text: &str) -> Result<String, String> {
    if (1..=MAX_USER_ID_CHARS).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(format!("it must have 1 to {MAX_USER_ID_CHARS} characters"))
    }
}

/// Returns a token as a header value marked as sensitive.
fn parse_token(text: &str) -> Result<HeaderValue, &'static str> {
    Secret::new(text)
        .to_header()
        .filter(|value| !value.is_empty())
        .ok_or("it must contain only visible ASCII characters")
}
