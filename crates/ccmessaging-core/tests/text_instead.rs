//! Texts that programs send instead of a file.

mod printers;

use std::path::Path;

use ccmessaging_core::CanonicalBase64;
use ccmessaging_core::text_instead::{InsteadOfFile, find};
use printers::printed;
use proptest::prelude::*;

fn is_printed_file(text: &[u8]) -> bool {
    find(text) == Some(InsteadOfFile::Printed)
}

/// The accepted binary samples, without those that only their later frames prove to be audio.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("the manifest");
    let names = manifest.lines().skip(1).filter_map(|line| {
        let [name, declared, verdict, ..] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not a line of the manifest: {line}");
        };
        let has_signature =
            !["txt", "csv"].contains(&declared) && !["cut.mp3", "free-format.mp3"].contains(&name);
        (verdict == "accept" && has_signature).then(|| name.to_owned())
    });
    let files = names.map(|name| {
        let file = std::fs::read(folder.join(&name)).expect("a sample");
        (name, file)
    });
    files.collect()
}

#[test]
fn every_sample_is_recognised_in_every_notation() {
    let samples = samples();
    assert!(samples.len() > 20);
    let mut missed = Vec::new();
    for (name, file) in samples {
        for (notation, text) in printed(&file) {
            let with_mark = format!("\u{feff}{text}");
            if !is_printed_file(text.as_bytes()) || !is_printed_file(with_mark.as_bytes()) {
                missed.push(format!("{name}: {notation}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} {missed:#?}", missed.len());
}

#[test]
fn a_recording_without_a_signature_is_recognised_in_base64() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    for name in ["cut.mp3", "free-format.mp3"] {
        let file = std::fs::read(folder.join(name)).expect("a sample");
        let text = CanonicalBase64::encode(&file);
        assert!(is_printed_file(text.as_text()), "{name}");
    }
}

#[test]
fn a_text_is_recognised_in_base64_that_is_long_enough() {
    let text = "id,name\r\n1,J\u{f6}rg\r\n2,Zo\u{eb}\r\n3,Andr\u{e9}\r\n4,Jos\u{e9} Luis\r\n";
    let encoded = |text: &str| CanonicalBase64::encode(text.as_bytes());
    assert!(is_printed_file(encoded(text).as_text()));
    assert!(is_printed_file(encoded(&text.repeat(99)).as_text()));
    for other in ["id,name\r\n1,J\u{f6}rg\r\n", &"word".repeat(20)] {
        assert!(!is_printed_file(encoded(other).as_text()), "{other}");
    }
}

#[test]
fn a_text_about_files_is_not_one() {
    for text in [
        "",
        "\u{feff}",
        "FF D8 FF E0",
        "FF D8 FF E0 00 10 4A 46 49 46 00 01: so begins a JPG with JFIF. A GIF begins with its name.",
        r"A JPG begins with \xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00H, as file(1) says. That is all of it.",
        "The signature iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB is that of a small PNG which has one row of one pixel",
        "r,g,b\n255,216,255\n255,251,144\n255,216,255\n255,251,144\n255,216,255\n255,251,144\n",
        "00000000: 7f45 4c46 0201 0100 0000 0000 0000 0000  .ELF............\n00000010: 0300 3e00\n",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ0h1bGlhbjAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAls\n",
        "https://example.com/?q=%E4%BD%A0%E5%A5%BD%E4%BD%A0%E5%A5%BD%E4%BD%A0%E5%A5%BD",
        "//uQZAAAAAAA a comment\nint main() { return 0x00; }",
    ] {
        assert!(!is_printed_file(text.as_bytes()), "{text}");
    }
}

#[test]
fn a_text_that_contains_a_file_is_not_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let photo = std::fs::read(folder.join("photo.jpg")).expect("a sample");
    let photo = CanonicalBase64::encode(&photo);
    let photo = std::str::from_utf8(photo.as_text()).expect("Base64");
    for text in [
        format!(
            "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Doe;Jane;;;\r\nPHOTO;ENCODING=BASE64;JPEG:{photo}\r\n\r\nEND:VCARD\r\n"
        ),
        format!(
            "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n{photo}\r\n"
        ),
        format!("<!DOCTYPE html><h1>Receipt</h1><img src=\"data:image/jpeg;base64,{photo}\">"),
        format!("# Bug\n\n![screenshot](data:image/png;base64,{photo})\n"),
        format!("10:00:00 INFO start\n10:00:01 DEBUG body {{\"img\":\"{photo}\"}}\n"),
        format!("id,name,thumb\r\n1,a,{photo}\r\n2,b,{photo}\r\n"),
    ] {
        assert!(!is_printed_file(text.as_bytes()), "{text:.60}");
    }
}

#[test]
fn a_row_of_one_colour_is_no_recording() {
    let row = "255,251,144\n".repeat(2000);
    assert!(!is_printed_file(row.as_bytes()));
}

#[test]
fn data_urls_and_paths_are_recognised() {
    for url in [
        "data:image/png;base64,iVBO",
        "data:;base64,/9j/",
        "DATA:png;name=a.png;base64,iVBO",
        "data:text/plain;base64,SGk=",
        "\u{feff}data:image/png;base64,iVBO",
    ] {
        assert_eq!(find(url.as_bytes()), Some(InsteadOfFile::DataUrl), "{url}");
    }
    for text in [
        "data:text/plain;base64,SGk= greets",
        "data:,Hi",
        "data: 1, 2",
        "See data:image/png;base64,iVBO",
    ] {
        assert_eq!(find(text.as_bytes()), None, "{text}");
    }
    for path in [
        "/home/me/a.jpg",
        "a.mov",
        r"C:\a b.png",
        "content://media/1",
        "@/tmp/phpAb",
    ] {
        assert_eq!(find(path.as_bytes()), Some(InsteadOfFile::Path), "{path}");
    }
    for text in [
        "and/or",
        "see a.jpg",
        "//example.com/a",
        "notes.txt",
        "a\nb.jpg",
    ] {
        assert_eq!(find(text.as_bytes()), None, "{text}");
    }
}

/// Texts that resemble files in one of the notations.
fn texts() -> impl Strategy<Value = String> {
    let lines = |line: &'static str| proptest::collection::vec(line, 0..60);
    let prose = lines("([A-Za-z]{1,12}[ ,.]{1,2}){1,12}");
    let numbers = lines("(-?[0-9]{1,3}[,;] ?){1,16}[0-9]{1,3}");
    let json = lines(
        "\\{\"[a-z]{1,8}\":(\"[A-Za-z0-9+/]{0,60}={0,2}\"|[0-9]{1,6}|\\[([0-9]{1,3},){0,20}0\\])\\},",
    );
    let code = lines(
        "[ \t]{0,4}[a-z_]{1,10}(\\(|\\[| = |\\.|::)(0x[0-9a-f]{1,8}|\"[a-z\\\\x0-9%]{0,20}\"|[a-z]{1,9});",
    );
    let hashes = lines("[0-9a-f]{32,64}|[A-Za-z0-9+/]{40,76}");
    let dump = lines("[0-9a-f]{8}:( [0-9a-f]{4}){8}  [ -~]{16}");
    let lines = prop_oneof![prose, numbers, json, code, hashes, dump];
    lines.prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn other_texts_are_not_recognised(text in texts()) {
        prop_assert!(!is_printed_file(text.as_bytes()), "{}", text);
    }

    #[test]
    fn keys_and_hashes_are_not_recognised(key in proptest::collection::vec(any::<u8>(), 48..600)) {
        let text = CanonicalBase64::encode(&key);
        prop_assert!(!is_printed_file(text.as_text()), "{:?}", key);
    }

    #[test]
    fn any_bytes_are_examined(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let is_long = text.len() >= 16;
        prop_assert!(is_long || !is_printed_file(&text));
    }
}
