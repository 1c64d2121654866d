//! Where log lines go when the gateway runs under a command.

use std::io;

use ccmessaging_gateway::config::{LogConfig, LogFormat};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// The targets whose lines are written from the configured level on: the gateway's and the
/// simulator's.
const OWN_TARGETS: [&str; 2] = ["ccmessaging_gateway", "sandbox"];

/// Writes log lines to standard error, so that standard output holds a command's results only.
///
/// Of the libraries only warnings are ever written: their debug lines may hold headers and bodies.
pub(crate) fn init(config: LogConfig) {
    let libraries = config.level.min(LevelFilter::WARN);
    let targets = Targets::new()
        .with_default(libraries)
        .with_targets(OWN_TARGETS.map(|target| (target, config.level)));
    let lines = fmt::layer().with_writer(io::stderr);
    let lines = match config.format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Text => lines.boxed(),
    };
    // A second call finds the first one's subscriber in place, which is the same.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(targets))
        .try_init();
}
