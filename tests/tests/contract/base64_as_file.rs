//! Files that were encoded in Base64 once too often and are declared as text.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gateway_tests::{Form, Platform, Request, sample, upload_json};

use crate::damaged::GENERIC;
use crate::{refused, refused_as, storing};

const LETTER: &str =
    "Dear Sir or Madam,\r\nthe chair of order 4711 did not arrive. Please refund it.\r\n";

const TABLE: &str =
    "id,name,price\r\n1,Größe 5,1.50\r\n2,Tür,99.00\r\n3,Regal,45.00\r\n4,Lampe,12.90\r\n";

fn encoded(file: impl AsRef<[u8]>) -> String {
    STANDARD.encode(file)
}

fn folded(text: &str, columns: usize, line_end: &str) -> String {
    let lines = text.as_bytes().chunks(columns);
    let lines = lines.map(|line| format!("{}{line_end}", String::from_utf8_lossy(line)));
    lines.collect()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// A form and an upload in JSON.
fn requests() -> [Vec<u8>; 2] {
    let photo = sample("photo.jpg");
    let form = Form::new().file("photo.jpg", "image/jpeg", &photo).body();
    [form, upload_json("jpg", &photo).to_string().into_bytes()]
}

fn encoded_files() -> Vec<String> {
    let [form, upload] = requests();
    let (letter, table) = (encoded(LETTER), encoded(TABLE));
    let gb18030: Vec<_> = b"\xD0\xD5\xC3\xFB,\xB3\xC7\xCA\xD0\r\n".repeat(30);
    vec![
        folded(&letter, 76, "\r\n"),
        folded(&table, 64, "\n"),
        format!("\u{feff}{table}"),
        format!("{table}\r\n"),
        table.trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(TABLE.repeat(9)),
        format!("data:text/csv;base64,{table}"),
        format!("data:text/plain;charset=utf-8;base64,{}\n", encoded(LETTER)),
        format!("data:;base64,{}", encoded(sample("photo.jpg"))),
        encoded(&table),
        encoded(encoded(&letter)),
        encoded(format!("data:text/csv;base64,{table}")),
        encoded(folded(&table, 76, "\n")),
        encoded(utf16(LETTER)),
        encoded(gb18030),
        encoded(sample("photo.jpg")),
        encoded(sample("rgb.png")),
        encoded(sample("cut.mp3")),
        encoded(sample("faststart.mp4")),
        encoded(sample("refused/heic.jpg")),
        encoded([b"PK\x03\x04\x14\0\0\0\x08\0", &[7; 90][..]].concat()),
        encoded(form),
        encoded(upload),
        letter,
        table,
    ]
}

fn named(file_name: &str, media_type: &str, text: &str) -> Request {
    Form::new()
        .file(file_name, media_type, text.as_bytes())
        .request()
}

#[tokio::test]
async fn base64_of_a_file_is_refused_as_a_text_that_the_caller_declares() {
    let texts = encoded_files();
    let requests: Vec<_> = texts
        .iter()
        .flat_map(|text| {
            [
                Request::upload("txt", text.as_bytes()),
                Request::upload("CSV", text.as_bytes()),
                named("a.txt", "text/plain", text),
                named("a.csv", "text/csv", text),
                Request::raw("text/html", text.as_bytes()),
            ]
        })
        .collect();
    let words = [
        "encoded as Base64",
        "encode them once",
        "other text before it",
    ];
    refused_as(&requests, 200, "content_mismatch", &words).await;
    // The extension says nothing about the file's type.
    let unknown: Vec<_> = texts.iter().map(|it| named("a.dat", GENERIC, it)).collect();
    refused_as(&unknown, 200, "unsupported_content", &words).await;
}

#[tokio::test]
async fn base64_of_a_file_is_refused_where_nothing_declares_a_text() {
    let texts = encoded_files();
    let media_types = ["text/plain;charset=UTF-8", "text/csv", GENERIC];
    let bodies: Vec<_> = texts
        .iter()
        .flat_map(|text| media_types.map(|it| Request::raw(it, text.as_bytes())))
        .collect();
    refused(&bodies, 415, "3", &["the body is "]).await;
    let parts: Vec<_> = texts.iter().map(|it| named("blob", GENERIC, it)).collect();
    refused_as(&parts, 400, "malformed_form", &["part file contains"]).await;
}

#[tokio::test]
async fn base64_of_a_text_that_is_declared_to_be_a_photo_is_called_base64() {
    let text = encoded(TABLE);
    let requests = [
        Request::upload("jpg", text.as_bytes()),
        Request::raw("image/jpeg", text.as_bytes()),
        named("a.jpg", "image/jpeg", &text),
    ];
    let words = ["encoded as Base64", "encode them once)"];
    refused_as(&requests, 200, "content_mismatch", &words).await;
}

/// Bytes without any order, as in a key.
fn random(count: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let bytes = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    });
    bytes.take(count).collect()
}

#[tokio::test]
async fn other_texts_of_base64s_characters_are_stored() {
    let key = encoded(random(48));
    let hexadecimal: Vec<_> = random(64).iter().map(|it| format!("{it:02x}")).collect();
    let hexadecimal = hexadecimal.concat();
    let texts = [
        key.clone(),
        encoded(random(4096)),
        folded(&encoded(random(512)), 76, "\r\n"),
        URL_SAFE_NO_PAD.encode(random(100)),
        format!("{key}\n{key}\n{key}\n"),
        // Two lines that were encoded one by one, and lines of any length.
        format!("{}\n{}\n", encoded("The first line of all."), encoded("The second one.")),
        "elephant\ngiraffe\nhippopotamus\nantelope\nrhinoceros\nzebra\nchimpanzee\nleopard\n".to_owned(),
        "password\nsunshine\nfootball\nbaseball\nprincess\nsuperman\nstarwars\nwhatever\n".to_owned(),
        hexadecimal.to_uppercase(),
        hexadecimal,
        "ACGTTGCAACGTTGACCTGATTGACCATGACCAGTTGACCTAGGATCCATGACCTTGACCAGATTAGACCATT".repeat(5),
        "31415926535897932384626433832795028841971693993751058209749445923078164062862089".repeat(9),
        "A".repeat(400),
        "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft".to_owned(),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U".to_owned(),
        format!("ssh-ed25519 {key} me@example.com"),
        format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\n", folded(&key, 64, "\n")),
        // Too short to be anything but a word.
        encoded("A text."),
        // The remedy, and other texts that quote Base64.
        format!("The table in Base64:\n{}", encoded(TABLE)),
        format!("token,{}\n", encoded(LETTER)),
        format!("{}\nis Base64.", encoded(LETTER)),
    ];
    let service = storing(Platform::Http, &[]).await;
    for text in texts {
        for request in [
            Request::upload("txt", text.as_bytes()),
            Request::raw("text/plain", text.as_bytes()),
            Request::raw(GENERIC, text.as_bytes()),
            named("a.txt", "text/plain", &text),
            named("blob", GENERIC, &text),
        ] {
            let stored = service.store(&request).await;
            assert_eq!(stored, upload_json("txt", text.as_bytes()), "{text}");
        }
    }
}
