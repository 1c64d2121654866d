//! The command `send`.

use std::path::PathBuf;

use crate::doctor::refusing_port;
use crate::program::{Ended, ccmessaging, environment, run, sample};
use ccmessaging_core::media::Format;
use ccmessaging_core::media::metadata::{self, MetadataKind, StripLevel};
use ccmessaging_sandbox::{Call, Fault, RotationPolicy, Sandbox, SandboxBuilder};
use serde_json::Value;

const PHOTO: &str = "tests/samples/photo.jpg";
const TABLE: &str = "tests/samples/bmi.csv";
const GEOTAGGED: &str = "tests/samples/geotagged.jpg";
const HEIC: &str = "tests/samples/refused/heic.jpg";

async fn start(builder: SandboxBuilder) -> Sandbox {
    builder.start().await.expect("a sandbox")
}

/// Runs `send` with a sandbox as its upstream.
fn send_to(sandbox: &Sandbox, arguments: &[&str]) -> Ended {
    tokio::task::block_in_place(|| {
        run(ccmessaging(["send"])
            .args(arguments)
            .envs(environment(sandbox))
            .env("CHANNEL_ID", "channel"))
    })
}

fn objects(ended: &Ended) -> Vec<Value> {
    ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object a line"))
        .collect()
}

#[test]
fn unconfigured_send_uses_a_simulated_upstream() {
    let ended = run(&mut ccmessaging(["send", PHOTO, TABLE, "--verify"]));
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with(&format!("{PHOTO}: stored as ")));
    assert!(lines[..2].iter().all(|line| line.ends_with(", verified")));
    assert_eq!(lines[2], "2 files: 2 stored");
    assert_eq!(ended.stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploaded_content_equals_the_file() {
    let sandbox = start(Sandbox::builder()).await;
    let ended = send_to(&sandbox, &[PHOTO, "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());

    let [object] = objects(&ended).try_into().expect("one object");
    let object_key = object["objectKey"].as_str().expect("a key");
    let stored = sandbox.file(object_key).expect("the stored file");
    let photo = std::fs::read(sample("photo.jpg")).expect("the photo");
    assert_eq!(stored, photo);
    assert_eq!(object["outcome"], "stored");
    assert_eq!(object["path"], PHOTO);
    assert_eq!(object["fileType"], "jpg");
    assert_eq!(object["bytes"], photo.len());
    assert_eq!(object["sha256"], sandbox.uploads()[0].sha256);
    assert_eq!(object["verified"], Value::Null);
    assert_eq!(object["reason"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_is_removed_if_the_environment_says_so() {
    let sandbox = start(Sandbox::builder()).await;
    let ended = tokio::task::block_in_place(|| {
        run(ccmessaging(["send", "--verify", "--json", GEOTAGGED])
            .envs(environment(&sandbox))
            .env("CHANNEL_ID", "channel")
            .env("STRIP_METADATA", "all"))
    });
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    let [object] = objects(&ended).try_into().expect("one object");
    assert_eq!(object["verified"], true);
    let [stored] = sandbox.uploads().try_into().expect("one file");
    assert_eq!(object["sha256"], stored.sha256);
    let object_key = object["objectKey"].as_str().expect("a key");
    let stored = sandbox.file(object_key).expect("the stored file");
    let original = std::fs::read(sample("geotagged.jpg")).expect("the photo");
    let stripped = metadata::strip(Format::Jpg, &original, StripLevel::All).expect("a photo");
    assert!(stripped.removed.contains(&MetadataKind::Exif));
    assert_eq!(&stored[..], &stripped.file[..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_files_are_not_sent_and_the_others_are() {
    let sandbox = start(Sandbox::builder()).await;
    let ended = send_to(&sandbox, &["--json", HEIC, TABLE]);
    assert_eq!(ended.code, Some(1));
    let [refused, stored] = objects(&ended).try_into().expect("two objects");
    assert_eq!(refused["outcome"], "refused");
    assert!(
        refused["reason"]
            .as_str()
            .expect("a reason")
            .contains("HEIC")
    );
    assert_eq!(refused["objectKey"], Value::Null);
    assert_eq!(stored["outcome"], "stored");
    assert_eq!(sandbox.calls(Call::UploadFileStream), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_tokens_are_used_from_then_on() {
    let rotation = RotationPolicy::every_call().revoke_old();
    let sandbox = start(Sandbox::builder().rotate_session_token(rotation)).await;
    let ended = send_to(&sandbox, &[PHOTO, TABLE, PHOTO, "--verify"]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert_eq!(sandbox.uploads().len(), 3);
    assert_eq!(sandbox.calls(Call::ApplyToken), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn expired_sessions_are_renewed() {
    let faults = Fault::status(401).on(Call::UploadFileStream).nth(2);
    let sandbox = start(Sandbox::builder().faults(faults)).await;
    let ended = send_to(&sandbox, &[PHOTO, TABLE]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert_eq!(sandbox.uploads().len(), 2);
    assert_eq!(sandbox.calls(Call::ApplyToken), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn given_session_tokens_are_used_and_not_printed() {
    let sandbox = start(Sandbox::builder()).await;
    let token = sandbox.issue_session_token();
    let ended = send_to(&sandbox, &[PHOTO, "--session-token", &token]);
    assert_eq!(ended.code, Some(0), "{}", ended.all());
    assert_eq!(sandbox.calls(Call::ApplyToken), 0);
    assert!(!ended.all().contains(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_verification_has_exit_code_1() {
    let faults = Fault::status(500).on(Call::DownloadFileStream);
    let sandbox = start(Sandbox::builder().faults(faults)).await;
    let ended = send_to(&sandbox, &["--json", "--verify", PHOTO]);
    assert_eq!(ended.code, Some(1));
    let [object] = objects(&ended).try_into().expect("one object");
    assert_eq!(object["outcome"], "stored");
    assert_eq!(object["verified"], false);
    assert!(object["reason"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_upstream_has_exit_code_1() {
    let faults = Fault::html().on(Call::UploadFileStream);
    let sandbox = start(Sandbox::builder().faults(faults)).await;
    let ended = send_to(&sandbox, &["--json", PHOTO]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(objects(&ended)[0]["outcome"], "failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_files_are_reported_and_the_others_are_sent() {
    let sandbox = start(Sandbox::builder()).await;
    let ended = send_to(&sandbox, &["--json", "no-such-file.jpg", "tests", PHOTO]);
    assert_eq!(ended.code, Some(2));
    let [missing, folder, stored] = objects(&ended).try_into().expect("three objects");
    assert_eq!(missing["outcome"], "unreadable");
    assert_eq!(folder["outcome"], "unreadable");
    assert_eq!(stored["outcome"], "stored");
    assert_eq!(sandbox.uploads().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn upstream_is_not_called_if_no_file_is_valid() {
    let sandbox = start(Sandbox::builder()).await;
    let ended = send_to(&sandbox, &[HEIC, "no-such-file.jpg"]);
    assert_eq!(ended.code, Some(2));
    assert_eq!(sandbox.requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_nothing_is_sent() {
    let sandbox = start(Sandbox::builder().faults(Fault::status(500).on(Call::ApplyToken))).await;
    let ended = send_to(&sandbox, &["--json", PHOTO, TABLE]);
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.stdout, "");
    assert!(
        ended.stderr.contains("nothing was sent"),
        "{}",
        ended.stderr
    );
    assert_eq!(sandbox.calls(Call::UploadFileStream), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn unreachable_upstream_has_a_remedy() {
    let (_socket, url) = refusing_port();
    let ended = tokio::task::block_in_place(|| {
        run(ccmessaging(["send", PHOTO])
            .env("UPSTREAM_BASE_URL", url)
            .env("APP_KEY", "key")
            .env("APP_SECRET", "secret")
            .env("CCMESSAGING_TOKEN", "token"))
    });
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("remedy: `ccmessaging doctor`"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_sessions_and_rate_limits_have_a_remedy() {
    for (status, remedy) in [(401, "get a new one"), (429, "wait a minute")] {
        let faults = Fault::status(status).on(Call::UploadFileStream);
        let sandbox = start(Sandbox::builder().faults(faults)).await;
        let ended = send_to(&sandbox, &[PHOTO]);
        assert_eq!(ended.code, Some(1));
        let (_, told) = ended.stdout.split_once("\n    remedy: ").expect("a remedy");
        assert!(told.contains(remedy), "{}", ended.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_secret_has_exit_code_2_and_is_not_printed() {
    let sandbox = start(Sandbox::builder()).await;
    let ended = tokio::task::block_in_place(|| {
        run(ccmessaging(["send", PHOTO, "--channel-id", "channel"])
            .envs(environment(&sandbox))
            .env("APP_SECRET", "wrong-but-still-secret"))
    });
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("rejects the app key or its secret"));
    assert!(!ended.all().contains("wrong-but-still-secret"));
    assert_eq!(sandbox.calls(Call::UploadFileStream), 0);
}

#[test]
fn real_upstream_requires_channel_and_key() {
    let real = |arguments: &[&str]| {
        run(ccmessaging(arguments).env("UPSTREAM_BASE_URL", "http://127.0.0.1:1"))
    };
    let ended = real(&["send", PHOTO]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("APP_KEY is not set"));

    let ended = run(ccmessaging(["send", PHOTO])
        .env("UPSTREAM_BASE_URL", "http://127.0.0.1:1")
        .env("APP_KEY", "key")
        .env("APP_SECRET", "secret"));
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("--channel-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn type_is_sent_as_spelled_or_from_extension_or_content() {
    let sandbox = start(Sandbox::builder()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let copy = |name: &str, from: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::copy(sample(from), &path).expect("a copy");
        path
    };
    let bitmap = copy("picture.BMP", "bgra.bmp");
    let unnamed = copy("unnamed", "rgb.png");
    let photo = copy("photo.JPEG", "photo.jpg");
    tokio::task::block_in_place(|| {
        for arguments in [
            vec!["--type", "Jpeg", PHOTO],
            vec![bitmap.to_str().expect("Unicode")],
            vec![unnamed.to_str().expect("Unicode")],
            vec![photo.to_str().expect("Unicode")],
        ] {
            let ended = run(ccmessaging(["send"])
                .args(arguments)
                .envs(environment(&sandbox))
                .env("CHANNEL_ID", "channel")
                .env("BMP_SPELLING", "bpm"));
            assert_eq!(ended.code, Some(0), "{}", ended.all());
        }
    });
    let sent: Vec<_> = sandbox
        .uploads()
        .into_iter()
        .map(|file| file.file_type)
        .collect();
    assert_eq!(sent, ["Jpeg", "bpm", "png", "jpg"]);
}

#[test]
fn wrong_usage_has_exit_code_2() {
    for arguments in [
        &["send"][..],
        &["send", "--type", "gif", PHOTO],
        &["send", "--user-id", "", PHOTO],
        &[
            "send",
            "--user-id",
            "0123456789012345678901234567890123",
            PHOTO,
        ],
    ] {
        let ended = run(&mut ccmessaging(arguments));
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert_eq!(ended.stdout, "");
    }
}
