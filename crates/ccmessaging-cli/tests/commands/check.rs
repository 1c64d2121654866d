//! The command `check`.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Ended, ccmessaging, project, run, sample};

const HEIC: &str = "refused/heic.jpg";
const DEFAULT_LIMIT: usize = 4_718_592;

fn command(arguments: &[&str]) -> Command {
    let mut command = ccmessaging(["check"]);
    command
        .args(arguments)
        .current_dir(project().join("tests/samples"));
    command
}

fn check(arguments: &[&str]) -> Ended {
    run(&mut command(arguments))
}

/// Checks with this on standard input.
fn check_with(arguments: &[&str], input: &[u8]) -> Ended {
    let mut command = command(arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input).expect("the program reads");
    drop(stdin);
    child.wait_with_output().expect("the program ends").into()
}

/// Creates a file in a temporary folder, which the handle removes when dropped.
fn file(name: impl AsRef<Path>, content: &[u8]) -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    let path = path.to_str().expect("UTF-8").to_owned();
    (folder, path)
}

fn text_of(size: usize) -> (TempDir, String) {
    file("long.txt", &vec![b'a'; size])
}

fn objects(ended: &Ended) -> Vec<Value> {
    let lines = ended.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn valid_files_pass_with_exit_code_0() {
    let ended = check(&["photo.jpg", "bmi.csv"]);
    assert_eq!(ended.code, Some(0));
    assert_eq!(
        ended.stdout,
        "photo.jpg: passes as jpg (image/jpeg)\n\
         bmi.csv: passes as csv (text/csv)\n\
         2 files: 2 passed\n"
    );
}

#[test]
fn rejected_files_are_reported_with_a_remedy_and_exit_code_1() {
    let ended = check(&["photo.jpg", HEIC]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains(
        "refused/heic.jpg: refused: declared jpg, but the content is HEIC (image/heic); HEIC photo: \
         convert to JPG"
    ));
    assert!(ended.stdout.ends_with("2 files: 1 passed, 1 refused\n"));
}

#[test]
fn declared_type_overrides_the_extension() {
    for (file_type, path, code) in [
        ("JPEG", "photo.jpg", 0),
        ("png", "photo.jpg", 1),
        ("txt", "README.md", 0),
    ] {
        let ended = check(&["--type", file_type, path]);
        assert_eq!(ended.code, Some(code), "{file_type} {path}");
    }
}

#[test]
fn content_decides_if_the_extension_is_unknown() {
    let (_folder, unnamed) = file(
        "photo",
        &std::fs::read(sample("photo.jpg")).expect("a photo"),
    );
    let ended = check(&[&unnamed]);
    assert_eq!(ended.code, Some(0));
    assert_eq!(
        ended.stdout,
        format!("{unnamed}: passes as jpg (image/jpeg)\n")
    );
    assert_eq!(run(&mut ccmessaging(["send", &unnamed])).code, Some(0));

    let (_folder, nothing) = file("nothing.xyz", b"\x00\x01\x02\x03");
    let ended = check(&[&nothing]);
    assert_eq!(ended.code, Some(1));
    let sent = run(&mut ccmessaging(["send", &nothing]));
    assert_eq!(sent.stdout, ended.stdout, "one verdict of both");
}

#[test]
fn unreadable_files_have_exit_code_2_and_the_others_are_checked() {
    let ended = check(&["missing.jpg", "photo.jpg"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stdout.contains("missing.jpg: unreadable: "));
    assert!(ended.stdout.contains("photo.jpg: passes"));
    assert_eq!(check(&[]).code, Some(2));
    assert_eq!(check(&["--type", "exe", "photo.jpg"]).code, Some(2));
}

#[test]
fn json_has_one_object_per_file() {
    let arguments = ["--json", "photo.jpg", "refused/mov.mp4", "missing.jpg"];
    let ended = run(command(&arguments).env("CONVERT_MEDIA", "off"));
    assert_eq!(ended.code, Some(2));
    let [photo, film, missing] = objects(&ended).try_into().expect("three objects");
    assert_eq!(photo["passes"], true);
    assert_eq!(photo["declared"], "jpg");
    assert_eq!(photo["fileType"], "jpg");
    assert_eq!(photo["detected"], "image/jpeg");
    assert_eq!(photo["convertedFrom"], Value::Null);
    assert_eq!(photo["reasonCode"], Value::Null);
    assert_eq!(film["passes"], false);
    assert_eq!(film["detected"], "video/quicktime");
    assert_eq!(film["reasonCode"], "content_mismatch");
    let reason = film["reason"].as_str().expect("a reason");
    assert!(reason.ends_with("QuickTime .mov: convert to MP4"));
    assert_eq!(missing["size"], Value::Null);
    assert_eq!(missing["reasonCode"], "unreadable");
}

#[test]
fn files_that_the_gateway_converts_pass() {
    let ended = check(&["refused/mov.mp4", "refused/m4a.aac"]);
    assert_eq!(ended.code, Some(0));
    let lines = "refused/mov.mp4: passes as mp4 (video/mp4), converted from mov\n\
                 refused/m4a.aac: passes as aac (audio/aac), converted from m4a\n";
    assert!(ended.stdout.starts_with(lines), "{}", ended.stdout);
    let ended = check(&["--json", "refused/mov.mp4"]);
    let [film] = objects(&ended).try_into().expect("one object");
    assert_eq!(
        (&film["passes"], &film["convertedFrom"]),
        (&true.into(), &"mov".into())
    );

    // By its name alone.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("IMG_0001.MOV");
    std::fs::copy(sample("refused/mov.mp4"), &path).expect("a copy");
    let path = path.to_str().expect("a path");
    assert_eq!(check(&[path]).code, Some(0));
    let off = run(command(&[path]).env("CONVERT_MEDIA", "off"));
    assert_eq!(off.code, Some(1));
}

#[test]
fn files_over_the_default_limit_are_rejected_with_both_sizes() {
    let (_folder, path) = text_of(DEFAULT_LIMIT);
    assert_eq!(check(&[&path]).code, Some(0));

    let (_folder, path) = text_of(DEFAULT_LIMIT + 1000);
    let ended = check(&[&path]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(
        ended.stdout,
        format!(
            "{path}: refused: the file has 4719592 bytes, but text files may have at most 4718592; \
             send a smaller file\n"
        )
    );
    let [object] = objects(&check(&["--json", &path])).try_into().expect("one");
    assert_eq!(object["size"], DEFAULT_LIMIT + 1000);
    assert_eq!(object["reasonCode"], "too_large");
}

#[test]
fn limits_come_from_the_environment() {
    let (_folder, path) = text_of(11);
    let limited = |name, value| run(command(&[&path]).env(name, value));
    assert_eq!(limited("MAX_TEXT_BYTES", "11").code, Some(0));
    assert_eq!(limited("MAX_IMAGE_BYTES", "10").code, Some(0));
    let ended = limited("MAX_TEXT_BYTES", "10");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("text files may have at most 10;"));

    let ended = limited("MAX_TEXT_BYTES", "much");
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("MAX_TEXT_BYTES cannot be used"));
    assert!(ended.stderr.contains("it must be a whole number"));

    let (_folder, path) = text_of(DEFAULT_LIMIT + 1);
    let raised = run(command(&[&path]).env("MAX_TEXT_BYTES", "5000000"));
    assert_eq!(raised.code, Some(0));
}

#[test]
fn files_whose_metadata_cannot_be_removed_are_rejected() {
    let film = std::fs::read(sample("geotagged.mp4")).expect("a film");
    let (_folder, path) = file("cut.mp4", &film[..film.len() / 2]);
    assert_eq!(check(&[&path]).code, Some(0));
    let strip = |path: &str, level| {
        let arguments = ["--json", path];
        run(command(&arguments).env("STRIP_METADATA", level))
    };
    let ended = strip(&path, "all");
    assert_eq!(ended.code, Some(1));
    let [object] = objects(&ended).try_into().expect("one object");
    assert_eq!(object["reasonCode"], "metadata_not_removable");
    assert_eq!(strip("geotagged.jpg", "location").code, Some(0));

    let wrong = strip("geotagged.jpg", "everything");
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("STRIP_METADATA cannot be used"));
}

#[test]
fn dash_reads_standard_input() {
    let photo = std::fs::read(sample("photo.jpg")).expect("a photo");
    let ended = check_with(&["-"], &photo);
    assert_eq!(ended.stdout, "-: passes as jpg (image/jpeg)\n");
    assert_eq!(ended.code, Some(0));

    let ended = check_with(&["--type", "png", "-"], &photo);
    assert_eq!(ended.code, Some(1));

    let ended = check_with(&["--type", "txt", "-"], &vec![b'a'; DEFAULT_LIMIT + 1]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("has 4718593 bytes"));
}

#[test]
fn batch_ignores_size_limits() {
    let (_folder, path) = text_of(5_000_000);
    let ended = check_with(&["--batch"], format!("txt\t{path}\n").as_bytes());
    assert_eq!(ended.stdout, "accept\n");
}

#[test]
fn batch_responds_to_every_line_in_order() {
    let ended = check_with(
        &["--batch"],
        b"jpg\tphoto.jpg\npng\tphoto.jpg\nexe\tphoto.jpg\njpg\tmissing.jpg\nnonsense\n",
    );
    let answers: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[0], "accept");
    assert!(answers[1].starts_with("reject: declared png, but the content is JPG (image/jpeg)"));
    assert!(answers[2].contains("\"exe\" is not supported"));
    assert!(answers[3].starts_with("reject: the file cannot be read: "));
    assert_eq!(answers[4], "reject: the line is not TYPE<TAB>PATH");
}

#[test]
fn batch_exit_code_is_the_highest_of_all_lines() {
    for (lines, code) in [
        ("jpg\tphoto.jpg\n", 0),
        ("", 0),
        ("png\tphoto.jpg\njpg\tphoto.jpg\n", 1),
        ("jpg\tmissing.jpg\npng\tphoto.jpg\n", 2),
        ("nonsense\n", 2),
    ] {
        let ended = check_with(&["--batch"], lines.as_bytes());
        assert_eq!(ended.code, Some(code), "{lines}");
    }
}

#[test]
fn batch_supports_paths_that_are_not_utf_8() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(OsStr::from_bytes(b"photo-\xff.jpg"));
    // Some file systems do not support such names.
    let is_there = std::fs::copy(sample("photo.jpg"), &path).is_ok();

    let line = [b"jpg\t", path.as_os_str().as_bytes(), b"\njpg\tphoto.jpg\n"].concat();
    let ended = check_with(&["--batch"], &line);
    let answers: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0] == "accept", is_there);
    assert_eq!(answers[1], "accept");
}
