//! Writes boxes.

use super::InvalidBox;

/// Appends a box whose content `write` appends.
///
/// Returns an error if the content fails, or if the box has 4 GiB or more.
pub(crate) fn write_box<E: From<InvalidBox>>(
    output: &mut Vec<u8>,
    kind: [u8; 4],
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let start = output.len();
    output.extend([0; 4]);
    output.extend(kind);
    write(output)?;
    let length = u32::try_from(output.len() - start).map_err(|_| InvalidBox { position: start })?;
    output[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// Appends a box with a content.
pub(crate) fn write_payload(
    output: &mut Vec<u8>,
    kind: [u8; 4],
    payload: &[u8],
) -> Result<(), InvalidBox> {
    write_box(output, kind, |output| {
        output.extend_from_slice(payload);
        Ok(())
    })
}
