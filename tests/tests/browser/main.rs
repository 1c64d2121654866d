//! The upload page and its module in a real browser: headless Chromium, in front of the real
//! `ccmessaging serve`.
//!
//! Where Chromium or its driver is not installed, every test is reported as ignored; with
//! `BROWSER_TESTS=required` in the environment that is a failure instead. Each test leaves a
//! screenshot and the gateway's log among the [artefacts].

mod artefacts;
mod browser;
mod driver;
mod illustration;
mod interruptions;
mod keyboard;
mod origins;
mod page;
mod server;
mod site;
mod uploads;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Trial};
use tokio::runtime::Runtime;

use browser::Browser;
use driver::{Driver, Programs};

/// Makes a trial of each named function.
macro_rules! trials {
    ($setup:expr, [$($case:path),* $(,)?]) => {
        vec![$(trial($setup, stringify!($case), $case)),*]
    };
}

/// What the tests run with, or why they do not.
type Setup = Result<Arc<Stage>, String>;

/// What all tests share.
struct Stage {
    runtime: Runtime,
    driver: Driver,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let setup = set_up();
    if let Err(reason) = &setup {
        if std::env::var("BROWSER_TESTS").is_ok_and(|value| value == "required") {
            eprintln!("browser tests failed: {reason}, and BROWSER_TESTS=required is set");
            return ExitCode::FAILURE;
        }
        eprintln!("browser tests skipped: {reason}");
    }
    let trials = trials!(
        &setup,
        [
            illustration::the_page_is_drawn_with_a_stored_photo_and_a_refused_film,
            interruptions::a_cancelled_upload_ends_and_the_next_file_is_sent,
            interruptions::a_failed_upload_is_stored_when_it_is_retried,
            keyboard::everything_can_be_done_with_the_keyboard,
            origins::a_page_of_an_allowed_origin_uploads_and_reads_the_headers_of_answers,
            origins::a_page_of_another_origin_cannot_upload,
            uploads::a_photo_is_stored_and_its_key_shown,
            uploads::a_renamed_photo_is_refused_with_a_remedy,
            uploads::several_files_follow_the_rotation_of_the_token,
        ]
    );
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Ok(stage) = setup.map(Arc::into_inner) {
        let Stage { runtime, driver } = stage.expect("no test is running any more");
        runtime.block_on(driver.stop());
    }
    conclusion.exit_code()
}

fn set_up() -> Setup {
    let programs = Programs::find()?;
    artefacts::make_folder();
    let runtime = Runtime::new().expect("a runtime");
    let driver = runtime.block_on(Driver::start(programs));
    Ok(Arc::new(Stage { runtime, driver }))
}

/// A trial that gives `case` a browser of its own and closes it, whatever becomes of the case.
fn trial<C>(setup: &Setup, name: &str, case: C) -> Trial
where
    C: AsyncFnOnce(&Browser) + Send + 'static,
{
    let setup = setup.clone();
    let own_name = name.to_owned();
    Trial::ignorable_test(name, move || {
        let stage = match setup {
            Ok(stage) => stage,
            Err(reason) => return Ok(Completion::ignored_with(reason)),
        };
        let browser = stage
            .runtime
            .block_on(Browser::open(&stage.driver, &own_name));
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            stage.runtime.block_on(case(&browser));
        }));
        stage.runtime.block_on(browser.close());
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
        Ok(Completion::Completed)
    })
}
