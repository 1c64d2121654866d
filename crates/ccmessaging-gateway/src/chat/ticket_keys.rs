//! Where the keys of the tickets are read from.

use std::sync::Arc;
use std::time::Duration;

use ccmessaging_client::Deadline;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::ticket::TicketKeys;
use crate::config::{ConfigError, SecretSource, ticket_keys};
use crate::credentials::{read_file_blocking, read_secret};

/// How long keys from Secrets Manager are used before they are read again, so that a replaced key needs
/// no deployment. The extension keeps secrets for as long, too.
const MAX_AGE: Duration = Duration::from_secs(300);

/// How long a call waits for keys that are read again, although the last ones can be used.
const READ_AGAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The keys of the tickets, or where to read them.
#[derive(Debug)]
pub(super) enum TicketKeySource {
    /// Known from the start.
    Loaded(Arc<TicketKeys>),
    /// Read when a call needs them: the secrets extension rejects requests before the first invocation.
    SecretsManager {
        source: SecretSource,
        /// The keys of the last successful reading, and when they are to be read again.
        last: Mutex<Option<(Arc<TicketKeys>, Instant)>>,
    },
}

impl TicketKeySource {
    /// Prepares the source. A file is read here, so that an unusable one stops the start.
    pub(super) fn new(source: &SecretSource) -> Result<Self, ConfigError> {
        let keys = match source {
            SecretSource::Value(keys) => TicketKeys::new(keys),
            SecretSource::File(path) => {
                let keys = read_file_blocking(path).map_err(ConfigError::ticket_key_file)?;
                let keys = ticket_keys(keys.expose()).map_err(ConfigError::ticket_key_file)?;
                TicketKeys::new(&keys)
            }
            SecretSource::SecretsManager { .. } => {
                return Ok(Self::SecretsManager {
                    source: source.clone(),
                    last: Mutex::default(),
                });
            }
        };
        Ok(Self::Loaded(Arc::new(keys)))
    }

    /// Returns the keys. If they cannot be read again soon, the last ones are used for another five minutes,
    /// so that a short failure ends no chat. The error is a phrase for the operator.
    pub(super) async fn get(&self, deadline: Deadline) -> Result<Arc<TicketKeys>, String> {
        let (source, last) = match self {
            Self::Loaded(keys) => return Ok(Arc::clone(keys)),
            Self::SecretsManager { source, last } => (source, last),
        };
        // One call reads; others wait for it.
        let Some(mut last) = deadline.timeout(last.lock()).await else {
            return Err(unreadable("it could not be read in time"));
        };
        let keys = match &*last {
            Some((keys, read_again)) if Instant::now() < *read_again => {
                return Ok(Arc::clone(keys));
            }
            Some((keys, _)) => {
                let deadline = Deadline::after(READ_AGAIN_TIMEOUT).min_with(Some(deadline));
                read(source, deadline).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "the keys of the tickets cannot be read again");
                    Arc::clone(keys)
                })
            }
            None => read(source, deadline).await?,
        };
        *last = Some((Arc::clone(&keys), Instant::now() + MAX_AGE));
        Ok(keys)
    }
}

async fn read(source: &SecretSource, deadline: Deadline) -> Result<Arc<TicketKeys>, String> {
    let keys = read_secret(source, "CHAT_TICKET_KEY", deadline).await?;
    let keys = ticket_keys(keys.expose()).map_err(|remedy| unreadable(&remedy))?;
    Ok(Arc::new(TicketKeys::new(&keys)))
}

fn unreadable(reason: &str) -> String {
    format!("CHAT_TICKET_KEY_ARN: {reason}")
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use ccmessaging_client::Secret;

    use super::*;

    const KEYS: [&str; 2] = [
        "0123456789abcdef0123456789abcdef",
        "fedcba9876543210fedcba9876543210",
    ];

    /// Answers one connection after another with these statuses and secrets, and returns its port.
    fn extension(answers: Vec<(u16, &'static str)>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for (status, secret) in answers {
                let (mut stream, _) = listener.accept().expect("a connection");
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                let body = format!(r#"{{"SecretString":"{secret}"}}"#);
                let len = body.len();
                write!(
                    stream,
                    "HTTP/1.1 {status} -\r\nContent-Length: {len}\r\n\r\n{body}"
                )
                .expect("an open connection");
            }
        });
        port
    }

    /// Lets keys that have just been read expire.
    async fn expire() {
        tokio::time::pause();
        tokio::time::advance(MAX_AGE).await;
        tokio::time::resume();
    }

    fn secrets_manager(port: u16) -> SecretSource {
        SecretSource::SecretsManager {
            id: "id".to_owned(),
            session_token: Secret::new("token"),
            port,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_does_not_wait_long_for_keys_that_are_read_again() {
        // It accepts connections and never responds.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let keys = Arc::new(TicketKeys::new(&Secret::new(KEYS[0])));
        let source = TicketKeySource::SecretsManager {
            source: secrets_manager(port),
            last: Mutex::new(Some((Arc::clone(&keys), Instant::now()))),
        };
        let deadline = Deadline::after(Duration::from_secs(60));
        assert!(Arc::ptr_eq(
            &keys,
            &source.get(deadline).await.expect("keys")
        ));
        assert!(deadline.remaining() > Duration::from_secs(57));
    }

    #[tokio::test]
    async fn keys_in_secrets_manager_are_read_again_after_five_minutes() {
        let port = extension(vec![(200, KEYS[0]), (500, ""), (200, KEYS[1])]);
        let source = TicketKeySource::new(&secrets_manager(port)).expect("a source");
        let get = async || {
            let deadline = Deadline::after(Duration::from_secs(60));
            source.get(deadline).await.expect("keys")
        };
        let first = get().await;
        assert!(Arc::ptr_eq(&first, &get().await));
        expire().await;
        // A reading that fails changes nothing.
        assert!(Arc::ptr_eq(&first, &get().await));
        assert!(Arc::ptr_eq(&first, &get().await));
        expire().await;
        assert!(!Arc::ptr_eq(&first, &get().await));
    }
}
