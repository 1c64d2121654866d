//! Logging of the commands that run the gateway.

use std::io;

use ccmessaging_gateway::config::{LogConfig, LogFormat};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// The targets that are logged at the configured level: the gateway's and this program's, which
/// include the calls to a simulated upstream.
const OWN_TARGETS: [&str; 2] = ["ccmessaging_gateway", env!("CARGO_CRATE_NAME")];

/// Writes log lines to standard error; standard output only contains a command's results.
///
/// Libraries are limited to warnings, because their debug lines may contain headers and bodies.
pub(crate) fn init(config: &LogConfig) {
    let libraries = config.level.min(LevelFilter::WARN);
    let targets = Targets::new()
        .with_default(libraries)
        .with_targets(OWN_TARGETS.map(|target| (target, config.level)));
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match config.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        _ => lines.boxed(),
    };
    // Fails only if a subscriber is installed already.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(targets))
        .try_init();
}
