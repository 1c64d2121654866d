use std::collections::BTreeSet;
use std::path::Path;

use ccmessaging_sandbox::{Sandbox, StartError, Storage};
use serde_json::{Value, json};

use crate::client::{Outgoing, sandbox};

async fn in_folder(folder: &Path) -> Sandbox {
    sandbox()
        .storage(Storage::Folder(folder.to_owned()))
        .start()
        .await
        .unwrap()
}

fn file_names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn a_folder_holds_each_file_under_its_key_with_a_json_file_beside_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("not/yet/there");
    let sandbox = in_folder(&folder).await;
    let key = Outgoing::upload(&sandbox).send().await.field("objectKey");

    let expected = BTreeSet::from([key.clone(), format!("{key}.json")]);
    assert_eq!(file_names(&folder), expected);
    assert_eq!(std::fs::read(folder.join(&key)).unwrap(), b"hello");
    let sidecar = std::fs::read(folder.join(format!("{key}.json"))).unwrap();
    let sidecar: Value = serde_json::from_slice(&sidecar).unwrap();
    assert_eq!(sidecar["fileType"], "txt");
    assert_eq!(sidecar["bytesLen"], 5);
}

#[tokio::test]
async fn a_later_sandbox_finds_the_files_again_in_the_order_of_their_arrival() {
    let folder = tempfile::tempdir().unwrap();
    let clock = ccmessaging_sandbox::ManualClock::new();
    let first = sandbox()
        .storage(Storage::Folder(folder.path().to_owned()))
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    for file_type in ["txt", "CSV", "png"] {
        clock.advance(std::time::Duration::from_micros(1_500));
        let upload = Outgoing::upload(&first).field("fileType", json!(file_type));
        assert_eq!(upload.send().await.field("returnCode"), "0");
    }
    let uploads = first.uploads();
    first.shutdown().await;

    let second = in_folder(folder.path()).await;
    assert_eq!(second.uploads(), uploads);
    let key = &uploads[1].object_key;
    assert_eq!(second.file(key).await.as_deref(), Some(&b"hello"[..]));
    let reply = Outgoing::download(&second, key).send().await;
    assert_eq!(reply.field("fileStream"), "aGVsbG8=");
}

#[tokio::test]
async fn files_that_are_not_the_sandboxs_own_stay_untouched_and_unlisted() {
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "notes.txt",
        "settings.json",
        "6f2d7f3e-8a53-4a3c-9c5f-0d6f3f0c9a11",
        "6f2d7f3e-8a53-4a3c-9c5f-0d6f3f0c9a12.part",
    ];
    for name in names {
        std::fs::write(folder.path().join(name), "mine").unwrap();
    }
    let sandbox = in_folder(folder.path()).await;
    assert_eq!(sandbox.uploads(), []);
    assert_eq!(file_names(folder.path()), names.map(str::to_owned).into());
}

#[tokio::test]
async fn a_damaged_json_file_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let name = "6f2d7f3e-8a53-4a3c-9c5f-0d6f3f0c9a11.json";
    std::fs::write(folder.path().join(name), "{}").unwrap();
    let started = sandbox()
        .storage(Storage::Folder(folder.path().to_owned()))
        .start()
        .await;
    let Err(StartError::Storage(cause)) = started else {
        panic!("expected a storage error, found {started:?}");
    };
    assert!(cause.to_string().contains(name), "{cause}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_created_stops_the_start() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let started = sandbox()
        .storage(Storage::Folder(file.path().join("inside")))
        .start()
        .await;
    assert!(
        matches!(started, Err(StartError::Storage(_))),
        "{started:?}"
    );
}

#[tokio::test]
async fn an_upload_that_cannot_be_written_is_answered_with_13() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("files");
    let sandbox = in_folder(&folder).await;
    std::fs::remove_dir(&folder).unwrap();
    let reply = Outgoing::upload(&sandbox).send().await;
    assert_eq!(reply.json(), json!({"returnCode": "13"}));
    assert_eq!(sandbox.uploads(), []);
}

#[tokio::test]
async fn a_key_that_names_a_path_reads_nothing() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("secret"), "secret").unwrap();
    let sandbox = in_folder(&root.path().join("files")).await;
    let absolute = root.path().join("secret");
    for key in [
        "../secret",
        "./../secret",
        absolute.to_str().unwrap(),
        "",
        ".",
    ] {
        assert_eq!(sandbox.file(key).await, None, "{key:?}");
        let reply = Outgoing::download(&sandbox, &format!("local/{key}"))
            .send()
            .await;
        assert_eq!(reply.field("resultCode"), "13", "{key:?}");
    }
}
