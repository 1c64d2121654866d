//! Builds and finds boxes.

/// A box.
pub(crate) fn mp4_box(kind: &[u8], payload: &[u8]) -> Vec<u8> {
    let length = number(8 + payload.len());
    join(&[&length, kind, payload])
}

pub(crate) fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

pub(crate) fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("a small number").to_be_bytes()
}

/// A box of version 0 whose entries follow their count.
pub(crate) fn table(kind: &[u8], entries: &[Vec<u8>]) -> Vec<u8> {
    let payload = join(&[&[0; 4], &number(entries.len()), &entries.concat()]);
    mp4_box(kind, &payload)
}

/// The payloads of all boxes at a path of types, such as `moov/trak/tkhd`. Types of sample descriptions
/// may end a path below `stsd`.
pub(crate) fn find<'a>(file: &'a [u8], path: &str) -> Vec<&'a [u8]> {
    let (kind, rest) = path.split_once('/').unwrap_or((path, ""));
    let inside = children(file)
        .into_iter()
        .filter(|(found, _)| *found == kind.as_bytes());
    inside
        .flat_map(|(_, payload)| match (rest, kind) {
            ("", _) => vec![payload],
            // Version, flags and count precede the descriptions.
            (_, "stsd" | "dref") => find(&payload[8..], rest),
            (_, "avc1" | "hvc1" | "mp4v") => find(&payload[78..], rest),
            (_, "mp4a") => find(&payload[28..], rest),
            _ => find(payload, rest),
        })
        .collect()
}

/// Types and payloads of consecutive boxes.
pub(crate) fn children(mut bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    while let Some((&length, rest)) = bytes.split_first_chunk() {
        let (header, length) = match u32::from_be_bytes(length) {
            0 => (8, bytes.len()),
            1 => {
                let long = *rest[4..].first_chunk().expect("a long length");
                (
                    16,
                    usize::try_from(u64::from_be_bytes(long)).expect("a length"),
                )
            }
            short => (8, usize::try_from(short).expect("a length")),
        };
        let (whole, behind) = bytes.split_at(length);
        found.push((&whole[4..8], &whole[header..]));
        bytes = behind;
    }
    found
}
