//! Recognises the names of properties that hold a location.

/// Substrings of the names of properties, keywords and keys, in lower case.
///
/// Sources: the EXIF, Photoshop and IPTC schemas of XMP (ISO 16684-2, IPTC Photo Metadata 2023.1), the
/// properties of DJI drones, `QuickTime` metadata keys, and the keywords that `ImageMagick` writes into
/// PNG. A false positive drops a harmless property; a false negative leaks a location.
const NAMES: [&[u8]; 13] = [
    b"gps",
    b"latitude",
    b"longitude",
    b"longtitude", // DJI's spelling
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

/// Returns whether a text contains one of the names, in any letter case.
pub(super) fn names_location(text: &[u8]) -> bool {
    NAMES.iter().any(|name| {
        text.windows(name.len())
            .any(|window| window.eq_ignore_ascii_case(name))
    })
}

/// Returns whether an XMP packet has a location or may have one: packets in UTF-16 are not searched.
pub(super) fn xmp_has_location(packet: &[u8]) -> bool {
    std::str::from_utf8(packet).is_err() || packet.contains(&0) || names_location(packet)
}
