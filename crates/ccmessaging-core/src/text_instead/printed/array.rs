//! Recognises arrays of a text's bytes.

/// The fewest bytes of such an array. A shorter object may have other numbers.
const MIN_BYTES: usize = 16;

/// Returns whether a text is what `JSON.stringify` makes of a `Uint8Array` that contains a text:
/// `{"0":72,"1":101}`. An object of other numbers may be a table.
pub(super) fn is_byte_array(text: &[u8]) -> bool {
    // Nearly all texts are ruled out here.
    let members = text.trim_ascii().strip_prefix(b"{");
    let members = members.and_then(|it| std::str::from_utf8(it.strip_suffix(b"}")?).ok());
    let bytes = members.and_then(|members| {
        let members = members.split(',').enumerate();
        let bytes = members.map(|(index, member)| {
            let (key, byte) = member.split_once(':')?;
            let is_index = key.trim().trim_matches('"').parse() == Ok(index);
            byte.trim().parse::<u8>().ok().filter(|_| is_index)
        });
        bytes.collect::<Option<Vec<u8>>>()
    });
    bytes.is_some_and(|bytes| {
        let is_control = |byte: &u8| byte.is_ascii_control() && !b"\t\r\n".contains(byte);
        bytes.len() >= MIN_BYTES
            && std::str::from_utf8(&bytes).is_ok()
            && !bytes.iter().any(is_control)
    })
}
