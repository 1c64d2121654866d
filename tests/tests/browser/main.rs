//! The page of the local gateway and the browser package in a real browser, in front of the real
//! `ccmessaging serve`: headless Chromium, or what `BROWSER_ENGINE` names (`firefox`, `webkit`).
//!
//! Where the browser or its driver is not installed, every test is reported as ignored; with
//! `BROWSER_TESTS=required` in the environment that is a failure instead. Each test leaves a
//! screenshot and the logs of gateway and driver among the [artefacts].

mod accessibility;
mod artefacts;
mod browser;
mod chat;
mod driver;
mod engine;
mod illustration;
mod interruptions;
mod keyboard;
mod languages;
mod origins;
mod page;
mod playback;
mod server;
mod site;
mod uploads;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Trial};
use tokio::runtime::Runtime;

use browser::Browser;
use engine::{Engine, Programs};

/// Makes a trial of each named function.
macro_rules! trials {
    ($setup:expr, [$($case:path),* $(,)?]) => {
        vec![$(trial($setup, stringify!($case), $case)),*]
    };
}

/// The browser that the tests run in, or why they do not.
type Setup = Result<Programs, String>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let setup = Engine::from_environment().find();
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
            chat::a_photo_reaches_the_desk_and_a_pdf_the_customer,
            chat::messages_are_shown_as_text,
            chat::samples_show_what_the_gateway_decides,
            chat::the_chat_continues_after_a_fault,
            interruptions::a_cancelled_upload_ends_and_the_next_file_is_sent,
            interruptions::a_failed_upload_is_stored_when_it_is_retried,
            interruptions::being_offline_is_waited_out,
            keyboard::everything_can_be_done_with_the_keyboard,
            languages::nothing_is_cut_off_on_a_narrow_screen,
            languages::the_menu_changes_the_language_of_everything,
            origins::a_form_of_another_site_gets_the_object_keys,
            origins::a_page_of_an_allowed_origin_uploads_and_reads_the_headers_of_answers,
            origins::a_page_of_another_origin_cannot_upload,
            uploads::a_photo_is_stored_and_its_key_shown,
            uploads::a_photo_over_its_limit_is_shrunk,
            uploads::a_recording_over_its_limit_is_refused_and_removed,
            uploads::a_renamed_photo_is_refused_and_sent_as_what_it_is,
            uploads::files_are_dropped_and_pasted_anywhere,
            uploads::files_far_over_their_limit_do_not_harm_the_next,
            uploads::several_files_follow_the_rotation_of_the_token,
        ]
    );
    let player = and(&setup, playback::can_be_played(Engine::from_environment()));
    let playback = trials!(
        &player,
        [playback::a_quicktime_film_is_stored_as_mp4_and_plays]
    );
    let with_axe = and(&setup, accessibility::is_installed());
    let axe = trials!(&with_axe, [accessibility::axe_finds_nothing_in_any_state]);
    let forced_colours = with_axe.and_then(Programs::with_forced_colours);
    let axe_in_forced_colours = trials!(
        &forced_colours,
        [accessibility::axe_finds_nothing_in_forced_colours]
    );
    let drawing = and(
        &setup,
        illustration::can_be_drawn(Engine::from_environment()),
    );
    let picture = trials!(
        &drawing,
        [illustration::the_page_is_drawn_with_both_sides_of_a_chat]
    );
    artefacts::make_folder();
    let trials = trials
        .into_iter()
        .chain(playback)
        .chain(axe)
        .chain(axe_in_forced_colours)
        .chain(picture)
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Requirements of some trials in addition to the browser.
fn and(setup: &Setup, need: Result<(), String>) -> Setup {
    let programs = setup.clone()?;
    need.map(|()| programs)
}

/// Returns a trial that runs `case` with a new browser and closes it in any case.
fn trial<C>(setup: &Setup, name: &str, case: C) -> Trial
where
    C: AsyncFnOnce(&Browser) + Send + 'static,
{
    let setup = setup.clone();
    let own_name = name.to_owned();
    Trial::ignorable_test(name, move || {
        let programs = match setup {
            Ok(programs) => programs,
            Err(reason) => return Ok(Completion::ignored_with(reason)),
        };
        let runtime = Runtime::new().expect("a runtime");
        let browser = runtime.block_on(Browser::open(&programs, &own_name));
        let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(case(&browser))));
        runtime.block_on(browser.close());
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
        Ok(Completion::Completed)
    })
}
