//! Strips Photoshop image resources (APP13 of a JPEG) and IPTC within them.
//!
//! Sources: Adobe Photoshop File Formats Specification, "Image Resource Blocks"; IPTC-NAA
//! Information Interchange Model 4.2, chapters 3 to 6.

use super::{Action, MetadataKind, exif, location};

/// The resource with IPTC datasets.
const IPTC: u16 = 0x0404;
/// The digest of the IPTC resource, by which editors detect changes. It is dropped when others change.
const IPTC_DIGEST: u16 = 0x0425;
/// Resources that copy the picture's EXIF and XMP.
const COPIES: [u16; 3] = [0x0422, 0x0423, 0x0424];

/// Removes locations from image resources (the data after `Photoshop 3.0\0`).
///
/// Incomplete resources, such as one part of a block that spans several segments, are removed.
pub(super) fn strip_location(resources: &[u8]) -> Action {
    let mut output = Vec::with_capacity(resources.len());
    let mut is_changed = false;
    let mut rest = resources;
    while !rest.is_empty() {
        let Some(resource) = Resource::read(rest) else {
            return Action::Remove(MetadataKind::Iptc);
        };
        rest = &rest[resource.bytes.len()..];
        match resource.id {
            IPTC_DIGEST => {}
            IPTC => match without_locations(resource.data) {
                Some(data) if data.len() == resource.data.len() => output.extend(resource.bytes),
                Some(data) => {
                    is_changed = true;
                    resource.write(&data, &mut output);
                }
                None => is_changed = true,
            },
            id if COPIES.contains(&id) => is_changed = true,
            // Thumbnails with EXIF, texts, and settings of plug-ins.
            _ if exif::has_nested_metadata(resource.data)
                || location::names_location(resource.data) =>
            {
                is_changed = true;
            }
            _ => output.extend(resource.bytes),
        }
    }
    match (is_changed, output.is_empty()) {
        (false, _) => Action::Keep,
        (true, true) => Action::Remove(MetadataKind::Iptc),
        (true, false) => Action::Replace(output, MetadataKind::Iptc),
    }
}

struct Resource<'a> {
    id: u16,
    /// Signature, identifier and name.
    head: &'a [u8],
    data: &'a [u8],
    /// The whole resource, padding included.
    bytes: &'a [u8],
}

impl<'a> Resource<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (&[s0, s1, s2, s3, i0, i1, name_length], _) = bytes.split_first_chunk()?;
        if !matches!(&[s0, s1, s2, s3], b"8BIM" | b"PHUT" | b"DCSR" | b"AgHg") {
            return None;
        }
        // The name is padded to an even length, its own length byte included.
        let head_length = 6 + (1 + usize::from(name_length)).next_multiple_of(2);
        let (head, rest) = bytes.split_at_checked(head_length)?;
        let (&size, rest) = rest.split_first_chunk()?;
        let size = usize::try_from(u32::from_be_bytes(size)).ok()?;
        let data = rest.get(..size)?;
        // Some writers leave the padding of the last resource out.
        let length = (head_length + 4 + size.checked_next_multiple_of(2)?).min(bytes.len());
        Some(Self {
            id: u16::from_be_bytes([i0, i1]),
            head,
            data,
            bytes: &bytes[..length],
        })
    }

    /// Writes the resource with other, shorter data.
    fn write(&self, data: &[u8], output: &mut Vec<u8>) {
        output.extend(self.head);
        output.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
        output.extend(data);
        if data.len() % 2 == 1 {
            output.push(0);
        }
    }
}

/// Returns the IPTC datasets without locations; `None` if they are incomplete.
fn without_locations(datasets: &[u8]) -> Option<Vec<u8>> {
    let mut output = Vec::with_capacity(datasets.len());
    let mut rest = datasets;
    // Zeros pad the block.
    while rest.iter().any(|&byte| byte != 0) {
        let (&[0x1C, record, number, l0, l1], data) = rest.split_first_chunk()? else {
            return None;
        };
        let short = u16::from_be_bytes([l0, l1]);
        // Section 1.6 d: for a length above 32,767, the low bits give the number of length bytes.
        let (length, length_bytes) = match short {
            0..=0x7FFF => (usize::from(short), 0),
            0x8004 => {
                let (&long, _) = data.split_first_chunk()?;
                (usize::try_from(u32::from_be_bytes(long)).ok()?, 4)
            }
            _ => return None,
        };
        let end = length.checked_add(5 + length_bytes)?;
        let (dataset, behind) = rest.split_at_checked(end)?;
        if !has_location(record, number) && !location::names_location(dataset) {
            output.extend(dataset);
        }
        rest = behind;
    }
    output.extend(rest);
    Some(output)
}

/// Returns whether a dataset of IIM record 2 is a location: content location (code and name), city,
/// sublocation, province or state, country (code and name).
fn has_location(record: u8, number: u8) -> bool {
    record == 2 && matches!(number, 26 | 27 | 90 | 92 | 95 | 100 | 101)
}
