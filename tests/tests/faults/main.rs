//! Failures between the gateway and the contact centre, and the responses to the caller.
//!
//! `rows` is the table of failures, one file per section. Each row is a trial that `play` runs against the
//! real program on both platforms. `page` compares the table with the page in the documentation.

mod page;
mod play;
mod rows;
mod stage;
mod table;

use std::process::ExitCode;
use std::sync::Arc;

use gateway_tests::{Authority, Platform};
use libtest_mimic::{Arguments, Trial};
use tokio::runtime;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_bootstrap-under-test");

/// More than the number of processors, because trials mostly wait.
const TRIALS_AT_ONCE: usize = 24;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(TRIALS_AT_ONCE);
    let authority = Arc::new(Authority::create());
    let mut trials = vec![Trial::test("the_page_shows_the_table", || {
        page::compare(&rows::sections());
        Ok(())
    })];
    for section in rows::sections() {
        for row in section.rows {
            let authority = Arc::clone(&authority);
            let name = format!("{}: {}", section.title, row.fault);
            trials.push(Trial::test(name, move || {
                let runtime = runtime::Builder::new_current_thread().enable_all().build();
                let play = |platform| play::play(&row, section.counted, platform, &authority);
                let on_all = futures_util::future::join_all(Platform::ALL.map(play));
                runtime.expect("a runtime").block_on(on_all);
                Ok(())
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
