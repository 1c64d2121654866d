//! Writes files as text, as programs print them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// What programs print of a file, with the notation's name.
pub(crate) fn printed(file: &[u8]) -> Vec<Printed> {
    [
        in_base64(file),
        in_hexadecimal(file),
        as_numbers(file),
        in_escapes(file),
    ]
    .concat()
}

type Printed = (&'static str, String);

fn in_base64(file: &[u8]) -> Vec<Printed> {
    let base64 = STANDARD.encode(file);
    let lines = |columns| in_lines(&base64, columns, "\r\n");
    let length = file.len();
    vec![
        ("Base64", base64.clone()),
        ("Base64 for URLs", URL_SAFE_NO_PAD.encode(file)),
        ("Base64 with lost pluses", base64.replace('+', " ")),
        ("Base64 in quotes", format!("[\"{base64}\"]")),
        ("Base64 in JSON", format!("{{\"data\":\"{base64}\"}}")),
        (
            "Base64 with escaped slashes",
            format!("{{\"data\":\"{}\"}}", base64.replace('/', "\\/")),
        ),
        (
            "Base64 with escaped line breaks",
            format!("{{\"data\":\"{}\\n\"}}", in_lines(&base64, 76, "\\n")),
        ),
        (
            "Base64 with a name and a size",
            format!("{{\"name\":\"a.jpg\",\"size\":{length},\"data\":\"{base64}\"}}"),
        ),
        (
            "JSON in JSON",
            format!("\"{{\\\"data\\\":\\\"{base64}\\\"}}\""),
        ),
        (
            "BSON",
            format!("{{\"$binary\":{{\"base64\":\"{base64}\",\"subType\":\"00\"}}}}"),
        ),
        (
            "URL encoding",
            base64
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D"),
        ),
        ("the rest of a data: URL", format!("base64,{base64}")),
        (
            "PEM",
            format!("-----BEGIN FILE-----\n{}\n-----END FILE-----\n", lines(64)),
        ),
        (
            "Base64 in an array of lines",
            format!("[\"{}\"]", in_lines(&base64, 76, "\",\n\"")),
        ),
        ("Base64 of Base64", STANDARD.encode(&base64)),
    ]
}

fn in_hexadecimal(file: &[u8]) -> Vec<Printed> {
    let hex = each(file, "", |byte| format!("{byte:02x}"));
    let words = in_lines(&hex, 8, " ");
    let bytes = each(file, ", ", |byte| format!("0x{byte:02x}"));
    let length = file.len();
    vec![
        ("hexadecimal", hex.clone()),
        (
            "hexadecimal in capitals",
            each(file, "-", |byte| format!("{byte:02X}")),
        ),
        ("hexadecimal of PostgreSQL", format!("\\x{hex}")),
        ("hexadecimal of SQL", format!("X'{hex}'")),
        ("NSData", format!("<{words}>")),
        (
            "NSData of today",
            format!("{{length = {length}, bytes = 0x{words} }}"),
        ),
        (
            "xxd -i",
            format!(
                "unsigned char a_jpg[] = {{\n  {bytes}\n}};\nunsigned int a_jpg_len = {length};\n"
            ),
        ),
        (
            "%#v of Go",
            format!(
                "[]byte{{{}}}",
                each(file, ", ", |byte| format!("{byte:#x}"))
            ),
        ),
    ]
}

fn as_numbers(file: &[u8]) -> Vec<Printed> {
    let numbers = |separator| each(file, separator, |byte| byte.to_string());
    let signed = each(file, ", ", |byte| byte.cast_signed().to_string());
    let length = file.len();
    vec![
        ("numbers", numbers(",")),
        ("numbers of Java", format!("[{signed}]")),
        (
            "%v of Go",
            format!(
                "&{{a.jpg map[Content-Type:[image/jpeg]] {length} [{}]}}",
                numbers(" ")
            ),
        ),
        ("Erlang", format!("<<{}>>", numbers(","))),
        (
            "Uint8Array",
            format!("Uint8Array({length}) [{}]", numbers(", ")),
        ),
        (
            "Uint8Array of today",
            format!("Uint8Array [\n  {},\n]", numbers(",\n  ")),
        ),
        (
            "JSON of Uint8Array",
            format!(
                "{{{}}}",
                indexed(file, |at, byte| format!("\"{at}\":{byte}"), ",")
            ),
        ),
        (
            "print_r",
            format!(
                "Array\n(\n{})\n",
                indexed(file, |at, byte| format!("    [{at}] => {byte}\n"), "")
            ),
        ),
        (
            "XML",
            format!(
                "<file>{}</file>",
                each(file, "", |byte| format!("<byte>{byte}</byte>"))
            ),
        ),
    ]
}

fn in_escapes(file: &[u8]) -> Vec<Printed> {
    vec![
        ("\\x", escaped(file, |byte| format!("\\x{byte:02x}"))),
        (
            "\\x of all bytes",
            each(file, "", |byte| format!("\\x{byte:02X}")),
        ),
        ("\\u", escaped(file, |byte| format!("\\u{byte:04x}"))),
        (
            "octal escapes",
            escaped(file, |byte| format!("\\{byte:03o}")),
        ),
        ("a binary string in JSON", latin1_string(file)),
        (
            "percent encoding",
            escaped(file, |byte| format!("%{byte:02X}")),
        ),
        ("quoted-printable", quoted_printable(file)),
    ]
}

fn each(file: &[u8], separator: &str, print: impl Fn(u8) -> String) -> String {
    let bytes: Vec<_> = file.iter().map(|&byte| print(byte)).collect();
    bytes.join(separator)
}

fn indexed(file: &[u8], print: impl Fn(usize, u8) -> String, separator: &str) -> String {
    let bytes = file.iter().enumerate();
    let bytes: Vec<_> = bytes.map(|(at, &byte)| print(at, byte)).collect();
    bytes.join(separator)
}

/// Escapes all bytes but printable ones without a meaning.
fn escaped(file: &[u8], escape: impl Fn(u8) -> String) -> String {
    let print = |byte: u8| {
        if byte.is_ascii_graphic() && !b"\\\"'%=".contains(&byte) {
            char::from(byte).to_string()
        } else {
            escape(byte)
        }
    };
    each(file, "", print)
}

fn quoted_printable(file: &[u8]) -> String {
    let lines = file
        .chunks(25)
        .map(|line| escaped(line, |byte| format!("={byte:02X}")));
    lines.collect::<Vec<_>>().join("=\r\n")
}

/// What `JSON.stringify` returns for a string with a character of Latin-1 for each byte.
fn latin1_string(file: &[u8]) -> String {
    let print = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        0..=0x1F => format!("\\u{byte:04x}"),
        _ => char::from(byte).to_string(),
    };
    format!("\"{}\"", each(file, "", print))
}

fn in_lines(text: &str, columns: usize, end: &str) -> String {
    let lines: Vec<_> = text.as_bytes().chunks(columns).collect();
    String::from_utf8(lines.join(end.as_bytes())).expect("ASCII")
}
