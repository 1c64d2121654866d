//! libmagic as an independent judge of the samples.

use std::process::Command;

use ccmessaging_core::{FileType, sniff};

use crate::samples::samples;

/// The media types that libmagic may give a file of a type of the API.
fn is_verdict_for(file_type: FileType, media_type: &str) -> bool {
    match file_type {
        FileType::Jpg => media_type == "image/jpeg",
        FileType::Png => matches!(
            media_type,
            "image/png" | "image/apng" | "image/vnd.mozilla.apng"
        ),
        FileType::Bmp => matches!(media_type, "image/bmp" | "image/x-ms-bmp"),
        FileType::Mp3 => media_type == "audio/mpeg",
        FileType::Aac => matches!(
            media_type,
            "audio/x-hx-aac-adts" | "audio/aac" | "audio/x-aac"
        ),
        FileType::Mp4 => media_type == "video/mp4",
        FileType::Txt | FileType::Csv => {
            media_type.starts_with("text/") || media_type == "application/csv"
        }
        _ => panic!("{file_type} has no known media types"),
    }
}

/// Samples on which libmagic is known to be wrong or to have another policy: ISO-2022-KR's shifts,
/// ^Z and a recording's first frame cut off count as data, MP2 shares MP3's media type, an ID3 tag
/// is audio to it, an AAC file after an ID3 tag is MP3, EBCDIC is text, a byte order
/// mark may be wrong, and three bytes are a JPEG.
const DISPUTED: [&str; 11] = [
    "comment.jpg",
    "cut.mp3",
    "ebcdic.txt",
    "utf-16-ctrl-z.txt",
    "iso-2022-kr.txt",
    "adts-id3.aac",
    "free-format.mp3",
    "mp2.mp3",
    "tag-only.mp3",
    "latm.aac",
    "utf-8-mark-windows-1252.csv",
];

#[test]
fn libmagic_agrees_about_the_samples() {
    if Command::new("file").arg("--version").output().is_err() {
        eprintln!("SKIPPED: the program `file` (libmagic) is not installed");
        return;
    }
    for sample in samples() {
        let name = sample.path.file_name().expect("a name").to_string_lossy();
        if DISPUTED.contains(&name.as_ref()) {
            continue;
        }
        let output = Command::new("file")
            .args(["--brief", "--mime-type"])
            .arg(&sample.path)
            .output()
            .expect("`file` runs");
        let media_type = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let ours = sniff::prove(sample.declared, sample.bytes().as_slice()).is_ok();
        assert_eq!(
            ours,
            is_verdict_for(sample.declared, &media_type),
            "{name} is {media_type} to libmagic"
        );
    }
}
