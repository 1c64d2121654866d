//! Recognises names and texts that may hold a location.

use memchr::memmem;

/// Substrings of the names of properties, keywords and keys, in lower case.
///
/// Sources: the EXIF, Photoshop and IPTC schemas of XMP (ISO 16684-2, IPTC Photo Metadata 2023.1), the
/// properties of DJI drones, Mapillary, `QuickTime` metadata keys, and the keywords that `ImageMagick`
/// writes into PNG; the namespaces of Sony Ericsson's radio cells, of W3C geo and of Darwin Core, because
/// their properties have names such as `lat`, `mnc` and `locality`. A false positive drops harmless text;
/// a false negative leaks a location.
const NAMES: [&[u8]; 18] = [
    b"gps",
    b"latitude",
    b"longitude",
    b"longtitude", // DJI's spelling
    b"altitude",
    b"coordinate",
    b"location",
    b"city",
    b"country",
    b"provincestate",
    b"worldregion",
    b"landmark",
    b"coverage", // Dublin Core's spatial topic
    b"geo:",
    b"cellid",
    b"sonyericsson.com/cell",
    b"w3.org/2003/01/geo",
    b"rs.tdwg.org/dwc",
];

const TIFF_NAMESPACE: &[u8] = b"http://ns.adobe.com/tiff/1.0/";

/// Returns whether a text contains one of the names, in any letter case, or a property called `State`.
/// Zeros are skipped, so that UTF-16 is searched as well.
pub(super) fn names_location(text: &[u8]) -> bool {
    // The lower five bits of a letter are the same in both cases, and 0 for a zero.
    let letter = |byte: u8| byte & 0x1F;
    let first_letters = NAMES
        .iter()
        .fold(0_u32, |letters, name| letters | 1 << letter(name[0]));
    let mut candidates = (0..text.len()).filter(|&at| first_letters >> letter(text[at]) & 1 == 1);
    candidates.any(|at| {
        let mut names = NAMES.iter();
        names.any(|name| letter(name[0]) == letter(text[at]) && starts_with(&text[at..], name))
    }) || has_state(text)
}

/// Compares the start of a text in any letter case, skipping zeros.
fn starts_with(text: &[u8], name: &[u8]) -> bool {
    let mut bytes = text.iter().filter(|&&byte| byte != 0);
    let mut name = name.iter();
    name.all(|expected| {
        bytes
            .next()
            .is_some_and(|byte| byte.eq_ignore_ascii_case(expected))
    })
}

/// Returns whether an XMP packet has a location or may have one: packets in UTF-16 are not searched, and
/// declarations of a document type could spell names differently.
pub(super) fn xmp_has_location(packet: &[u8]) -> bool {
    std::str::from_utf8(packet).is_err()
        || packet.contains(&0)
        || memmem::find(packet, b"<!DOCTYPE").is_some()
        || names_location(packet)
}

/// Returns whether a text has a property `State` under any prefix: Photoshop's, whatever its namespace is
/// called.
fn has_state(text: &[u8]) -> bool {
    const NAME: &[u8] = b"State";
    memmem::find_iter(text, NAME).any(|at| {
        let before = at.checked_sub(1).map(|before| text[before]);
        let after = text.get(at + NAME.len());
        matches!(before, Some(b':' | b'<'))
            && after.is_none_or(|byte| byte.is_ascii_whitespace() || b"=>/".contains(byte))
    })
}

/// Returns the TIFF orientation of an XMP packet, from 1 to 8.
pub(super) fn xmp_orientation(packet: &[u8]) -> Option<u16> {
    let namespace = memmem::find(packet, TIFF_NAMESPACE)?;
    let declaration = packet[..namespace].strip_suffix(b"=\"");
    let declaration = declaration.or_else(|| packet[..namespace].strip_suffix(b"='"))?;
    let prefix = &declaration[declaration.iter().rposition(|&byte| byte == b':')?..];
    let name = [&prefix[1..], b":Orientation"].concat();
    memmem::find_iter(packet, &name).find_map(|at| {
        // An attribute's or an element's value, with a quote or an angle bracket after it.
        let value = packet[at + name.len()..].trim_ascii_start();
        let value = value
            .strip_prefix(b"=")
            .or_else(|| value.strip_prefix(b">"))?;
        let value = value.trim_ascii_start();
        let value = value
            .strip_prefix(b"\"")
            .or_else(|| value.strip_prefix(b"'"))
            .unwrap_or(value);
        match *value.trim_ascii_start() {
            [digit @ b'1'..=b'8', after, ..] if !after.is_ascii_alphanumeric() => {
                Some(u16::from(digit - b'0'))
            }
            _ => None,
        }
    })
}
