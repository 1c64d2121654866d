//! The step chat: whether the contact centre refuses the identifiers of other users.

use ccmessaging_sandbox::{Call, ConversationState, Fault, Sandbox};

use super::{assert_wrong, line, sandbox};
use crate::program::{Ended, ccmessaging, environment, run};

/// Runs `doctor --chat` with these variables for this sandbox.
fn doctor_chat(sandbox: &Sandbox, vars: &[(&str, &str)]) -> Ended {
    doctor_chat_as("ccmessaging-cli", sandbox, vars)
}

/// Does the same for this user.
fn doctor_chat_as(user_id: &str, sandbox: &Sandbox, vars: &[(&str, &str)]) -> Ended {
    let own = environment(sandbox);
    tokio::task::block_in_place(|| {
        let mut command = ccmessaging(["doctor", "--channel-id", "channel", "--chat"]);
        run(command
            .args(["--user-id", user_id])
            .envs(own.each_ref().map(|(name, value)| (*name, value)))
            .envs(vars.iter().copied()))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_identifiers_of_others_pass_the_chat_step() {
    let sandbox = sandbox().await;
    let by_upstream = [("CHAT_CALLS", "poll"), ("CHAT_IDENTITY", "upstream")];
    let ended = doctor_chat(&sandbox, &by_upstream);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    let chat = line(&ended, "chat");
    assert!(
        chat.starts_with("ok") && chat.contains("refuses the identifiers"),
        "{chat}"
    );
    assert_both_are_closed(&sandbox);
}

/// Both chats are closed, and no agent was asked for.
fn assert_both_are_closed(sandbox: &Sandbox) {
    let conversations = sandbox.desk().conversations();
    assert_eq!(conversations.len(), 2);
    for conversation in conversations {
        assert_eq!(conversation.state, ConversationState::Ended);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_identifier_passes_the_chat_step() {
    let sandbox = sandbox().await;
    let ended = doctor_chat_as(&"x".repeat(24), &sandbox, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert!(line(&ended, "chat").starts_with("ok"));
    assert_both_are_closed(&sandbox);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_of_the_chat_step_has_its_own_remedy_and_closes_both_chats() {
    let sandbox = sandbox().await;
    sandbox.set_faults(Fault::reset().on(Call::Poll));
    let ended = doctor_chat(&sandbox, &[]);
    assert_wrong(&ended, "chat", "closed the connection");
    let (_, chat) = ended.stdout.split_once("chat:").expect("the step");
    assert!(chat.contains("try again later"), "{chat}");
    assert!(!chat.contains("CHAT_IDENTITY"), "{chat}");
    assert_both_are_closed(&sandbox);
}

#[tokio::test(flavor = "multi_thread")]
async fn accepted_identifiers_of_others_need_tickets() {
    let unbound = Sandbox::builder().unbound_ids().start().await;
    let sandbox = unbound.expect("a sandbox");
    let by_upstream = [("CHAT_CALLS", "poll"), ("CHAT_IDENTITY", "upstream")];
    let ended = doctor_chat(&sandbox, &by_upstream);
    assert_wrong(
        &ended,
        "chat",
        "accepts the identifiers of other users in poll and queryHistory",
    );
    assert!(
        ended.stdout.contains("CHAT_IDENTITY=signed"),
        "{}",
        ended.stdout
    );

    let signed = [
        ("CHAT_CALLS", "poll"),
        ("CHAT_IDENTITY", "signed"),
        ("CHAT_TICKET_KEY", "a key of 32 bytes for the tests!"),
    ];
    let ended = doctor_chat(&sandbox, &signed);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert!(line(&ended, "chat").contains("needs tickets"));
    let ended = doctor_chat(&sandbox, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert!(line(&ended, "chat").contains("set CHAT_IDENTITY=signed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_centre_without_chats_is_inconclusive() {
    let sandbox = sandbox().await;
    sandbox.set_faults(Fault::status(404).on(Call::Send));
    let ended = doctor_chat(&sandbox, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.all());
    assert!(line(&ended, "chat").starts_with("wrong"));
}
