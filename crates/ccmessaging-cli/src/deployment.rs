//! Selects the upstream of a command: the configured one, or a simulated one in this process.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use ccmessaging_client::Secret;
use ccmessaging_gateway::Config;
use ccmessaging_gateway::config::SETTINGS;
use ccmessaging_sandbox::Sandbox;
use clap::Args;

use crate::failure::Failure;
use crate::page::random_hex;
use crate::simulator::SimulatorOptions;

/// The variable with the address of a real upstream.
const UPSTREAM_BASE_URL: &str = "UPSTREAM_BASE_URL";

/// The variables that only apply to a real upstream.
const OF_REAL_UPSTREAM: [&str; 7] = [
    UPSTREAM_BASE_URL,
    "TOKEN_BASE_URL",
    "UPSTREAM_CA_FILE",
    "APP_KEY",
    "APP_SECRET",
    "APP_SECRET_FILE",
    "APP_SECRET_ARN",
];

/// The variable with the key of the chat's tickets.
const CHAT_TICKET_KEY: &str = "CHAT_TICKET_KEY";

/// The size limit of a simulated upstream: the gateway's largest configurable limit, so that only the
/// gateway's own limits apply.
const MAX_FILE_BYTES: usize = 1 << 30;

/// Arguments that select the upstream.
#[derive(Args, Clone, Debug)]
pub(crate) struct UpstreamOptions {
    /// Use a simulated upstream even if `UPSTREAM_BASE_URL` is set.
    #[arg(long)]
    sandbox: bool,

    #[command(flatten)]
    simulator: SimulatorOptions,
}

/// An upstream and the gateway's configuration for it.
#[derive(Debug)]
pub(crate) struct Deployment {
    /// The configuration.
    pub(crate) config: Config,
    /// The simulated upstream, if it is one; it stops when this is dropped.
    pub(crate) sandbox: Option<Arc<Sandbox>>,
    /// The key of the chat's tickets, if the upstream is simulated and the gateway demands them.
    pub(crate) ticket_key: Option<Secret>,
}

/// Variables and their values.
type Vars = Vec<(String, String)>;

impl Deployment {
    /// Uses the upstream in `UPSTREAM_BASE_URL`, or starts a simulated one if that is not set. The
    /// gateway's other variables apply in both cases.
    pub(crate) async fn open(options: &UpstreamOptions) -> Result<Self, Failure> {
        let vars = environment();
        let is_set = |name: &str| {
            let set = vars.iter().find(|(known, _)| known == name);
            set.is_some_and(|(_, value)| !value.trim().is_empty())
        };
        if is_set(UPSTREAM_BASE_URL) && !options.sandbox {
            if options.simulator.is_any_set() {
                return Err(Failure::with_remedy(
                    format!(
                        "{UPSTREAM_BASE_URL} is set, and an option for the simulated upstream is given"
                    ),
                    "add --sandbox to use the simulated one",
                ));
            }
            return Self::real(vars);
        }
        let stray = OF_REAL_UPSTREAM.into_iter().find(|name| is_set(name));
        if let Some(name) = stray.filter(|_| !options.sandbox) {
            return Err(Failure::with_remedy(
                format!("{name} is set, but {UPSTREAM_BASE_URL} is not"),
                "set it as well, or add --sandbox to use a simulated upstream",
            ));
        }
        Self::simulated(vars, &options.simulator).await
    }

    /// Uses the configured upstream, or a simulated one only with `--sandbox`.
    pub(crate) async fn open_configured(options: &UpstreamOptions) -> Result<Self, Failure> {
        if options.sandbox {
            return Self::open(options).await;
        }
        if options.simulator.is_any_set() {
            return Err(Failure::with_remedy(
                "an option for the simulated upstream is given, but the configured upstream is used",
                "add --sandbox to use the simulated one",
            ));
        }
        Self::real(environment())
    }

    fn real(vars: Vars) -> Result<Self, Failure> {
        Ok(Self {
            config: configure(vars)?,
            sandbox: None,
            ticket_key: None,
        })
    }

    /// Starts a simulated upstream and configures the gateway with its key and secret.
    async fn simulated(mut vars: Vars, options: &SimulatorOptions) -> Result<Self, Failure> {
        let sandbox = options
            .builder()
            .max_file_bytes(MAX_FILE_BYTES)
            .max_download_bytes(MAX_FILE_BYTES)
            .observe(|exchange| tracing::info!("{exchange}"))
            .start()
            .await
            .map_err(|error| Failure::from_error(&error))?;
        vars.retain(|(name, _)| !OF_REAL_UPSTREAM.contains(&name.as_str()));
        vars.extend([
            (UPSTREAM_BASE_URL.to_owned(), sandbox.base_url()),
            ("APP_KEY".to_owned(), sandbox.app_key().to_owned()),
            ("APP_SECRET".to_owned(), sandbox.app_secret().to_owned()),
        ]);
        let ticket_key = enable_chat(&mut vars);
        Ok(Self {
            config: configure(vars)?,
            sandbox: Some(Arc::new(sandbox)),
            ticket_key,
        })
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.sandbox.is_some() {
            " (simulated)"
        } else {
            ""
        };
        write!(f, "{}{kind}", self.config.client.base_url)
    }
}

/// Enables all of the chat's calls with a new key of tickets, unless the environment configures them.
/// Returns the key that the configuration has then; of several, the first.
fn enable_chat(vars: &mut Vars) -> Option<Secret> {
    let is_chat_setting = |name: &str| {
        let mut names = SETTINGS.iter().map(|setting| setting.name);
        name.starts_with("CHAT_") && names.any(|known| known == name)
    };
    let is_configured =
        |(name, value): &(String, String)| is_chat_setting(name) && !value.trim().is_empty();
    if !vars.iter().any(is_configured) {
        let chat = [
            ("CHAT_CALLS", "download,send,sendAsync,poll,history"),
            ("CHAT_IDENTITY", "signed"),
        ];
        vars.extend(chat.map(|(name, value)| (name.to_owned(), value.to_owned())));
        vars.push((CHAT_TICKET_KEY.to_owned(), random_hex()));
    }
    let key = vars.iter().find(|(name, _)| name == CHAT_TICKET_KEY);
    let key = key.and_then(|(_, keys)| keys.split(',').next())?;
    Some(Secret::new(key.trim()))
}

/// Parses the configuration. Unlike in the deployed gateway, log lines are text by default.
fn configure(mut vars: Vars) -> Result<Config, Failure> {
    // If a name occurs twice, the last value wins.
    vars.insert(0, ("LOG_FORMAT".to_owned(), "text".to_owned()));
    Ok(Config::from_vars(vars)?)
}

/// Returns the failure of binding `address`.
pub(crate) fn cannot_listen(address: SocketAddr, error: &io::Error) -> Failure {
    Failure::with_remedy(
        format!("cannot listen on {address}: {error}"),
        "choose another address with --listen",
    )
}

/// Returns the environment, with values that are not UTF-8 as values that no setting accepts.
pub(crate) fn environment() -> Vars {
    ccmessaging_gateway::config::environment().collect()
}

/// Parses an address as in `LISTEN_ADDRESS`, or a port of 127.0.0.1.
pub(crate) fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    // An empty text becomes an invalid address; an empty variable would count as not set.
    let is_port = text.trim().bytes().all(|byte| byte.is_ascii_digit());
    let host = if is_port { "127.0.0.1:" } else { "" };
    let variable = ("LISTEN_ADDRESS".to_owned(), format!("{host}{text}"));
    Config::listen_address([variable]).map_err(|error| format!("{}, or 8000", error.remedy()))
}
