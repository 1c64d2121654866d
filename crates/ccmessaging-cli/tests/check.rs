//! The command `check`, run as a person or a script runs it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/samples");

fn check(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ccmessaging"))
        .arg("check")
        .args(arguments)
        .current_dir(SAMPLES)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(input.as_bytes())
        .expect("the program reads");
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[test]
fn files_that_pass_are_told_with_exit_code_0() {
    let output = check(&["photo.jpg", "bmi.csv"], "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        stdout(&output),
        "photo.jpg: passes as jpg (image/jpeg)\nbmi.csv: passes as csv (text/csv)\n"
    );
}

#[test]
fn a_refused_file_is_told_with_its_remedy_and_exit_code_1() {
    let output = check(&["photo.jpg", "refused/heic.jpg"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains(
        "refused/heic.jpg: refused: declared jpg, but the content is HEIC (image/heic). \
         Remedy: HEIC photo: convert to JPG"
    ));
}

#[test]
fn a_declared_type_outweighs_the_extension() {
    assert_eq!(
        check(&["--type", "JPEG", "photo.jpg"], "").status.code(),
        Some(0)
    );
    assert_eq!(
        check(&["--type", "png", "photo.jpg"], "").status.code(),
        Some(1)
    );
    assert_eq!(
        check(&["--type", "txt", "README.md"], "").status.code(),
        Some(0)
    );
}

#[test]
fn an_extension_that_names_no_type_is_refused_with_what_the_content_is() {
    let output = check(&["README.md"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("but the content is txt. Remedy: check it with --type txt"));
}

#[test]
fn what_cannot_be_done_has_exit_code_2() {
    let output = check(&["photo.jpg", "missing.jpg"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(stdout(&output).contains("missing.jpg: cannot be read: "));
    assert_eq!(check(&[], "").status.code(), Some(2));
    assert_eq!(
        check(&["--type", "exe", "photo.jpg"], "").status.code(),
        Some(2)
    );
}

#[test]
fn json_has_one_object_a_line() {
    let output = check(
        &["--json", "photo.jpg", "refused/mov.mp4", "missing.jpg"],
        "",
    );
    assert_eq!(output.status.code(), Some(2));
    let objects: Vec<serde_json::Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(objects.len(), 3);
    assert_eq!(objects[0]["passes"], true);
    assert_eq!(objects[0]["declared"], "jpg");
    assert_eq!(objects[1]["passes"], false);
    assert_eq!(objects[1]["hint"], "QuickTime .mov: convert to MP4");
    assert_eq!(objects[2]["size"], serde_json::Value::Null);
}

/// A text of `size` bytes in a directory that lasts as long as the handle.
fn text_of(size: usize) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("long.txt");
    std::fs::write(&path, vec![b'a'; size]).expect("a file");
    let path = path.to_str().expect("UTF-8").to_owned();
    (directory, path)
}

#[test]
fn a_file_over_the_gateways_default_limit_is_refused_with_both_numbers() {
    const LIMIT: usize = 4_718_592;

    let (_directory, path) = text_of(LIMIT);
    assert_eq!(check(&[&path], "").status.code(), Some(0));

    let (_directory, path) = text_of(LIMIT + 1);
    let output = check(&[&path], "");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stdout(&output),
        format!(
            "{path}: refused: 4,718,593 bytes are over the limit of 4,718,592 bytes for text files. \
             Remedy: send a smaller file\n"
        )
    );
    let output = check(&["--json", &path], "");
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(report["size"], LIMIT + 1);
    assert_eq!(report["passes"], false);
}

#[test]
fn a_batch_judges_content_whatever_its_size() {
    let (_directory, path) = text_of(5_000_000);
    let output = check(&["--batch"], &format!("txt\t{path}\n"));
    assert_eq!(stdout(&output), "accept\n");
}

#[test]
fn a_batch_answers_every_line_in_order() {
    let output = check(
        &["--batch"],
        "jpg\tphoto.jpg\npng\tphoto.jpg\nexe\tphoto.jpg\njpg\tmissing.jpg\nnonsense\n",
    );
    assert_eq!(output.status.code(), Some(0));
    let answers = stdout(&output);
    let answers: Vec<_> = answers.lines().collect();
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[0], "accept");
    assert_eq!(
        answers[1],
        "reject: declared png, but the content is JPG (image/jpeg)"
    );
    assert!(
        answers[2..]
            .iter()
            .all(|answer| answer.starts_with("reject: "))
    );
}
