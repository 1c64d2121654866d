//! The names under which metadata tells a place.

/// Parts of the names of properties, keywords and keys, in lower case.
///
/// Sources: XMP's EXIF, Photoshop and IPTC schemas (ISO 16684-2, IPTC Photo Metadata 2023.1), the
/// properties of DJI's drones, `QuickTime`'s metadata keys, and the keywords that `ImageMagick` writes
/// into PNG. A name too many costs an innocent property; one too few, a place.
const NAMES: [&[u8]; 13] = [
    b"gps",
    b"latitude",
    b"longitude",
    b"longtitude", // as DJI spells it
    b"location",
    b"city",
    b"country",
    b"provincestate",
    b"photoshop:state",
    b"worldregion",
    b"landmark",
    b"coverage", // Dublin Core's spatial topic
    b"geo:",
];

/// Whether a text has one of the names in it, in capitals or not.
pub(super) fn is_named_in(text: &[u8]) -> bool {
    NAMES.iter().any(|name| {
        text.windows(name.len())
            .any(|window| window.eq_ignore_ascii_case(name))
    })
}

/// Whether an XMP packet tells a place, or may: its text is not searched in UTF-16.
pub(super) fn is_told_by_xmp(packet: &[u8]) -> bool {
    std::str::from_utf8(packet).is_err() || packet.contains(&0) || is_named_in(packet)
}
