//! Where log lines go, and which are written.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{LogConfig, LogFormat};

/// Writes this crate's lines from the configured level on to standard output, where both platforms
/// collect them.
///
/// Of the libraries only warnings are ever written: their debug lines may hold headers and bodies.
pub(crate) fn init(config: LogConfig) {
    let libraries = config.level.min(LevelFilter::WARN);
    let targets = Targets::new()
        .with_default(libraries)
        .with_target(env!("CARGO_CRATE_NAME"), config.level);
    let lines = match config.format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).boxed(),
        LogFormat::Text => fmt::layer().boxed(),
    };
    // An application that embeds the gateway may have set up its own; that one is kept.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(targets))
        .try_init();
}
