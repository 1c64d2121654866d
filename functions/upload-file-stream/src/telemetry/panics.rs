//! What is told of a panic: where it happened, and nothing else.

use std::panic::{self, PanicHookInfo};

/// From now on a panic leaves one log line in place of the message and the backtrace on standard
/// error. A message may quote the data that it is about, which may be a customer's file or a token.
///
/// For the whole process, in place of the hook that it had: the program `bootstrap` does it at its
/// start, an application that embeds the gateway may.
pub fn report_panics() {
    panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    let location = info.location().map(tracing::field::display);
    tracing::error!(location, "panic");
}
