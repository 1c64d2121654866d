//! Recognises what programs print of an array of bytes, also those of a text.

/// The fewest bytes of such an array. A shorter object may have other numbers.
const MIN_BYTES: usize = 16;

/// How many digits `NSData` prints in a group.
const GROUP_DIGITS: usize = 8;

/// Returns whether a text consists of such an array.
pub(super) fn is_byte_array(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let is = |rule: fn(&str) -> bool| std::str::from_utf8(text).is_ok_and(rule);
    match text.first() {
        Some(b'{') => is(is_object),
        Some(b'<') => is(is_nsdata),
        _ => false,
    }
}

/// Returns whether a text is what `JSON.stringify` makes of a `Uint8Array` that contains a text:
/// `{"0":72,"1":101}`. An object of other numbers may be a table.
fn is_object(text: &str) -> bool {
    let members = text.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
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

/// Returns whether a text is the description of Apple's `NSData`: `<68656c6c 6f>`.
fn is_nsdata(text: &str) -> bool {
    let groups = text.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
    groups.is_some_and(|groups| {
        let is_hexadecimal = |group: &str| {
            group.len().is_multiple_of(2) && group.bytes().all(|it| it.is_ascii_hexdigit())
        };
        let (groups, last) = groups.rsplit_once(' ').unwrap_or_default();
        (1..=GROUP_DIGITS).contains(&last.len())
            && is_hexadecimal(last)
            && groups
                .split(' ')
                .all(|group| group.len() == GROUP_DIGITS && is_hexadecimal(group))
    })
}
