//! Finds secrets in a log, whole or in part, in every form in which a program may print bytes.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// So much of a secret counts as a leak.
const WINDOW: usize = 16;

/// What must not be in a log.
#[derive(Default)]
pub(crate) struct Secrets {
    /// Each window, and which secret it is of.
    windows: HashMap<Vec<u8>, String>,
}

impl Secrets {
    /// With a secret of at least 16 bytes.
    pub(crate) fn with(mut self, name: &str, secret: impl AsRef<[u8]>) -> Self {
        let secret = secret.as_ref();
        assert!(
            secret.len() >= WINDOW,
            "{name} is too short to be looked for"
        );
        self.add(name, "as it is", secret);
        // Base64 of a part looks different for each of the three places where it may begin.
        for start in 0..3 {
            let part = &secret[start..];
            self.add(name, "in Base64", STANDARD_NO_PAD.encode(part).as_bytes());
            self.add(
                name,
                "in Base64 for URLs",
                URL_SAFE_NO_PAD.encode(part).as_bytes(),
            );
        }
        let hex = hex(secret);
        self.add(name, "in hexadecimal", hex.as_bytes());
        self.add(
            name,
            "in capital hexadecimal",
            hex.to_uppercase().as_bytes(),
        );
        let escaped = format!("{}", secret.escape_ascii());
        self.add(name, "as Debug of a string prints it", escaped.as_bytes());
        let list = secret.iter().map(u8::to_string).collect::<Vec<_>>();
        self.add(
            name,
            "as Debug of a list prints it",
            list.join(", ").as_bytes(),
        );
        self
    }

    fn add(&mut self, name: &str, form: &str, text: &[u8]) {
        for window in text.windows(WINDOW) {
            self.windows
                .insert(window.to_vec(), format!("{name} {form}"));
        }
    }

    /// Which secret is in the log, and where.
    pub(crate) fn find(&self, log: &str) -> Option<String> {
        let mut windows = log.as_bytes().windows(WINDOW);
        windows.find_map(|window| {
            let secret = self.windows.get(window)?;
            Some(format!("{secret}: {}", window.escape_ascii()))
        })
    }

    /// # Panics
    ///
    /// If any of them is in the log.
    pub(crate) fn assert_absent(&self, log: &str, case: &str) {
        if let Some(found) = self.find(log) {
            panic!("{case}: {found}\nis in the log:\n{log}");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// Tokens of the sandbox are 64 hexadecimal digits, nothing else in a log has more than the 32 of a
/// trace: so the ones that the gateway obtained for itself are found without being known.
pub(crate) fn longest_run_of_hex(log: &str) -> usize {
    log.split(|letter: char| !letter.is_ascii_hexdigit())
        .map(str::len)
        .max()
        .unwrap_or_default()
}

#[test]
fn a_part_of_a_secret_is_found_in_every_form() {
    let secret: Vec<u8> = (0..64_u8).map(|number| number.wrapping_mul(37)).collect();
    let secrets = Secrets::default().with("it", &secret);
    let part = &secret[21..45];
    let leaks = [
        STANDARD_NO_PAD.encode(part),
        URL_SAFE_NO_PAD.encode(part),
        hex(part),
        format!("{part:?}"),
        format!("{}", part.escape_ascii()),
    ];
    for leak in leaks {
        assert!(
            secrets.find(&format!("a line with {leak} in it")).is_some(),
            "{leak}"
        );
    }
    assert_eq!(secrets.find("a line without anything of the kind"), None);
    assert_eq!(longest_run_of_hex("a token 0123abcdef, and no more"), 10);
}
