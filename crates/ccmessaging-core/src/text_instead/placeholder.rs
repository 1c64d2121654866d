//! Recognises texts that programs write in place of a file.

use crate::content::Content;

/// The number of bytes that are read at each end of a text.
const HEAD_BYTES: usize = 256;

/// Missing values as JavaScript, Python, C and Go print them, and an array as PHP does.
const WORDS: [&str; 8] = [
    "undefined",
    "null",
    "(null)",
    "None",
    "NaN",
    "nil",
    "<nil>",
    "Array",
];

/// What `JSON.stringify` makes of a `File`. It is also an empty file of JSON.
const EMPTY_OBJECT: &str = "{}";

/// What they print for other values, and for an object. Base64 cannot be one of these words, although `true` and
/// `null` are valid Base64, but a text file may consist of `true`.
const BASE64_WORDS: [&str; 4] = ["true", "false", "[object Object]", EMPTY_OBJECT];

/// The first and the last characters of what programs print for bytes. Their number is unlimited.
const BYTES: [(&str, &str); 5] = [
    // Node.js.
    ("<Buffer ", ">"),
    ("{\"type\":\"Buffer\",\"data\":[", "]}"),
    // Python.
    ("b'", "'"),
    ("b\"", "\""),
    ("bytearray(b", ")"),
];

/// The same for an object, which fits into [`MAX_OBJECT_BYTES`].
const OBJECTS: [(&str, &str); 19] = [
    // JavaScript: [object File]; React Native and Dart: [Blob blob].
    ("[object ", "]"),
    ("[Blob ", "]"),
    ("[File ", "]"),
    // Node.js and Deno.
    ("Promise { ", " }"),
    ("Blob { ", " }"),
    ("File { ", " }"),
    // Python's open files.
    ("<_io.", ">"),
    // Java's buffers.
    ("java.nio.", "]"),
    // Dart.
    ("Instance of '", "'"),
    ("File: '", "'"),
    // React Native's description of a file.
    ("{\"uri\":\"file:", "}"),
    ("{\"uri\":\"content:", "}"),
    ("{\"uri\":\"ph:", "}"),
    // Starlette, Python's paths, Spring.
    ("UploadFile(", ")"),
    ("PosixPath('", "')"),
    ("MultipartFile[", "]"),
    ("Byte array resource [", "]"),
    // Swift's `Data`, and that of Objective-C.
    ("Optional(", " bytes)"),
    ("{length = ", "}"),
];

/// The longest description of an object. Those of uploaded files contain headers and paths.
const MAX_OBJECT_BYTES: usize = 2 * HEAD_BYTES;

/// How the names of .NET's classes for files end.
const DOTNET_FILES: [&str; 7] = [
    "File",
    "FileBase",
    "FileWrapper",
    "Stream",
    "Content",
    "Bitmap",
    "Image",
];

/// An open file as PHP prints it, before its number.
const PHP_RESOURCE: &str = "Resource id #";

/// Data as Swift prints it, after its length.
const SWIFT_BYTES: &str = " bytes";

/// The beginning of the path that browsers return for a local file.
const BROWSER_PATH: &str = r"C:\fakepath\";

/// The beginnings of the URLs that browsers and phones return for one.
const LOCAL_URLS: [&str; 9] = [
    "blob:http://",
    "blob:https://",
    "content://",
    "ph://",
    "assets-library://",
    "file:///data/",
    "file:///storage/",
    "file:///var/mobile/",
    "file:///private/var/mobile/",
];

/// Returns whether a text in place of Base64 is a word for a missing value, in any letter case.
pub(crate) fn is_base64_placeholder(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let mut words = WORDS.iter().chain(&BASE64_WORDS);
    words.any(|word| word.as_bytes().eq_ignore_ascii_case(text))
}

/// Returns whether a text is the empty object that `JSON.stringify` makes of a file in JavaScript. A file of JSON may
/// consist of it as well.
pub(crate) fn is_empty_object(text: &[u8]) -> bool {
    text == EMPTY_OBJECT.as_bytes()
}

/// Returns whether a text is one line that a program writes for a missing value or for an object whose
/// content it should have read.
pub(crate) fn is_placeholder(content: &dyn Content) -> bool {
    let mut head = [0; HEAD_BYTES];
    let head_bytes = content.read_at(0, &mut head);
    let mut tail = [0; HEAD_BYTES];
    let tail_bytes = content.read_at(content.len().saturating_sub(HEAD_BYTES), &mut tail);
    let (Some(head), Some(tail)) = (ascii(&head[..head_bytes]), ascii(&tail[..tail_bytes])) else {
        return false;
    };
    if head.contains(['\n', '\r']) || tail.contains(['\n', '\r']) {
        return false;
    }
    let is_between = |&(start, end): &(&str, &str)| {
        head.len() >= start.len() + end.len() && head.starts_with(start) && tail.ends_with(end)
    };
    let is_object = || OBJECTS.iter().any(is_between) || is_ruby_object(head, tail);
    let may_be_object = content.len() <= MAX_OBJECT_BYTES;
    let is_whole = content.len() <= HEAD_BYTES;
    let is_resource = || {
        let php = head.strip_prefix(PHP_RESOURCE);
        let number = php.or_else(|| head.strip_suffix(SWIFT_BYTES));
        number.is_some_and(is_number)
    };
    let is_url = || LOCAL_URLS.iter().any(|start| head.starts_with(start));
    let is_path = || head.starts_with(BROWSER_PATH) || (is_url() && !head.contains(' '));
    BYTES.iter().any(is_between)
        || (may_be_object && is_object())
        || is_whole && {
            let rules = [is_words, is_java_object, is_python_object, is_dotnet_class];
            rules.iter().any(|rule| rule(head)) || is_resource() || is_path()
        }
}

fn ascii(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.is_ascii())
}

/// Returns whether a text consists of one word or more: scripts concatenate missing values.
fn is_words(mut text: &str) -> bool {
    let is_empty = text.is_empty();
    while let Some(rest) = WORDS.iter().find_map(|word| text.strip_prefix(word)) {
        text = rest;
    }
    text.is_empty() && !is_empty
}

/// Returns whether a text is what Java's `Object.toString` returns: the class, `@`, and the hash in
/// hexadecimal.
fn is_java_object(text: &str) -> bool {
    let Some((class, hash)) = text.split_once('@') else {
        return false;
    };
    let is_array = class.starts_with('[');
    let name = class.trim_start_matches('[').trim_end_matches(';');
    let simple_name = name.rsplit_once('.').map(|(_, simple)| simple);
    (1..=8).contains(&hash.len())
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._$".contains(&byte))
        && (is_array || simple_name.is_some_and(|it| it.starts_with(|c: char| c.is_uppercase())))
}

/// Returns whether a text is what Ruby's `inspect` returns: `#<`, the class, and a colon before a name or an address.
fn is_ruby_object(head: &str, tail: &str) -> bool {
    let class = head
        .strip_prefix("#<")
        .and_then(|rest| rest.split_once(':'));
    class.is_some_and(|(class, _)| {
        class.starts_with(|c: char| c.is_ascii_uppercase()) && is_dotted_name(class)
    }) && tail.ends_with('>')
}

/// Returns whether a text is what Python's `repr` returns: `<module.Class object at 0x7f>`, or the class
/// and a file's name, `<FileStorage: 'photo.jpg' ('image/jpeg')>`.
fn is_python_object(text: &str) -> bool {
    let inner = text
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    let Some(inner) = inner.filter(|inner| !inner.contains(['<', '>'])) else {
        return false;
    };
    let has_address = inner.split_once(" at 0x").is_some_and(|(_, address)| {
        !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let names_file = inner.split_once(": ").is_some_and(|(class, name)| {
        let has_media_type = name.contains('/') && name.ends_with(')');
        let simple_name = class.rsplit('.').next().unwrap_or(class);
        is_dotted_name(class)
            && simple_name.starts_with(|c: char| c.is_ascii_uppercase())
            && (name.starts_with('\'') || has_media_type)
    });
    has_address || names_file
}

/// Returns whether a text is a class of .NET for bytes or a file, which `ToString` returns: `System.Byte[]`,
/// `Microsoft.AspNetCore.Http.FormFile`. Type arguments follow a backtick or `<`.
fn is_dotnet_class(text: &str) -> bool {
    let name = ["System.", "Microsoft."]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    name.is_some_and(|name| {
        let (class, arguments) = name.split_once(['`', '<', '[']).unwrap_or((name, ""));
        is_dotted_name(class)
            && (class.len() < name.len() || DOTNET_FILES.iter().any(|end| class.ends_with(end)))
            && !arguments.contains(char::is_whitespace)
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_dotted_name(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._".contains(&byte);
    !text.is_empty() && text.bytes().all(is_name)
}
