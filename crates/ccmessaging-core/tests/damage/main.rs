//! Files that a program decoded as text, or never read, before they were sent.

mod audio;
mod bitmap;
mod decoded;
mod film_samples;
mod film_structure;
mod jpg;
mod placeholder;
mod png;
mod recoded;
mod substitutes;
mod text;
mod video;
mod wide;

use std::path::Path;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ccmessaging_core::{Declared, FileType, Policy, UploadRequest};

/// The bytes that Windows-1250 to 1258 do not define; 1256 defines all.
const UNDEFINED: [&[u8]; 8] = [
    b"\x81\x83\x88\x90\x98",
    b"\x98",
    b"\x81\x8D\x8F\x90\x9D",
    b"\x81\x88\x8A\x8C\x8D\x8E\x8F\x90\x98\x9A\x9C\x9D\x9E\x9F\xAA\xD2\xFF",
    b"\x81\x8D\x8E\x8F\x90\x9D\x9E",
    b"\x81\x8A\x8C\x8D\x8E\x8F\x90\x9A\x9C\x9D\x9E\x9F\xCA\xD9\xDA\xDB\xDC\xDD\xDE\xDF\xFB\xFC\xFF",
    b"\x81\x83\x88\x8A\x8C\x90\x98\x9A\x9C\x9F\xA1\xA5",
    b"\x81\x8A\x8D\x8E\x8F\x90\x9A\x9D\x9E",
];

const DAMAGED: Option<&str> = Some("damaged_in_transit");

fn samples() -> impl Iterator<Item = (String, FileType, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("the manifest");
    let lines: Vec<String> = manifest.lines().skip(1).map(str::to_owned).collect();
    lines.into_iter().filter_map(move |line| {
        let [name, declared, verdict, ..] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not a line of the manifest: {line}");
        };
        let file = std::fs::read(folder.join(name)).expect("a sample");
        let declared = declared.parse().expect("a type");
        (verdict == "accept").then(|| (name.to_owned(), declared, file))
    })
}

/// The reason code; `None` if the file is valid.
fn reason(file: &[u8], declared: impl Into<Declared>) -> Option<&'static str> {
    let request = UploadRequest::from_file(file.to_vec(), declared);
    let error = request.validate(&Policy::default()).err()?;
    Some(error.reason_code())
}

/// The accepted samples that are not text.
fn binary_samples() -> impl Iterator<Item = (String, FileType, Vec<u8>)> {
    let is_text = |file_type| matches!(file_type, FileType::Txt | FileType::Csv);
    samples().filter(move |&(_, file_type, _)| !is_text(file_type))
}

fn sample(name: &str) -> (FileType, Vec<u8>) {
    let (_, file_type, file) = binary_samples()
        .find(|(known, ..)| known == name)
        .expect("a sample");
    (file_type, file)
}

/// Returns numbers that are spread like compressed data.
fn noise(count: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..))
        .take(count)
        .collect()
}

/// `file` with other bytes for each one beyond ASCII.
fn with_each_beyond_ascii(file: &[u8], other: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    let each = |&byte: &u8| {
        if byte.is_ascii() {
            vec![byte]
        } else {
            other(byte)
        }
    };
    file.iter().flat_map(each).collect()
}

/// A picture of 24 bits per pixel with its length in the header.
fn bitmap((width, height): (i32, i32), pixels: &[u8]) -> Vec<u8> {
    let length = u32::try_from(54 + pixels.len()).expect("a small picture");
    [
        b"BM".as_slice(),
        &length.to_le_bytes(),
        b"\0\0\0\0\x36\0\0\0\x28\0\0\0",
        &width.to_le_bytes(),
        &height.to_le_bytes(),
        b"\x01\0\x18\0",
        &[0; 24],
        pixels,
    ]
    .concat()
}

/// `file` after a lenient decoder skipped the spaces that the `+` of its Base64 had become.
fn without_plus(file: &[u8]) -> Vec<u8> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&STANDARD, config);
    let mut text = engine.encode(file).replace(['+', '='], "");
    if text.len() % 4 == 1 {
        text.pop();
    }
    engine.decode(text).expect("Base64")
}

fn without(file: &[u8], removed: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file.retain(|byte| !removed.contains(byte));
    file
}

fn with_crlf(file: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = file.split(|&byte| byte == b'\n').collect();
    lines.join(b"\r\n".as_slice())
}
