//! Finds secrets in a log, whole or in part, in every form in which a program may print bytes.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use data_encoding::{HEXLOWER, HEXUPPER};

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
        for part in (0..3).map(|start| &secret[start..]) {
            self.add(name, "in Base64", STANDARD_NO_PAD.encode(part));
            self.add(name, "in Base64 for URLs", URL_SAFE_NO_PAD.encode(part));
        }
        self.add(name, "in hexadecimal", HEXLOWER.encode(secret));
        self.add(name, "in capital hexadecimal", HEXUPPER.encode(secret));
        let escaped = secret.escape_ascii().to_string();
        self.add(name, "as Debug of a string prints it", escaped);
        let list = format!("{secret:?}");
        self.add(
            name,
            "as Debug of a list prints it",
            &list[1..list.len() - 1],
        );
        self
    }

    fn add(&mut self, name: &str, form: &str, text: impl AsRef<[u8]>) {
        let secret = format!("{name} {form}");
        for window in text.as_ref().windows(WINDOW) {
            self.windows.insert(window.to_vec(), secret.clone());
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

/// Tokens of the sandbox are 64 hexadecimal digits, nothing else in a log has more than the 32 of a
/// trace: so the ones that the gateway obtained for itself are found without being known.
pub(crate) fn longest_run_of_hex(log: &str) -> usize {
    log.split(|letter: char| !letter.is_ascii_hexdigit())
        .map(str::len)
        .max()
        .unwrap_or_default()
}

#[test]
fn parts_of_secrets_are_found_in_every_encoding() {
    let secret: Vec<u8> = (0..64_u8).map(|number| number.wrapping_mul(37)).collect();
    let secrets = Secrets::default().with("it", &secret);
    let part = &secret[21..45];
    let leaks = [
        STANDARD_NO_PAD.encode(part),
        URL_SAFE_NO_PAD.encode(part),
        HEXLOWER.encode(part),
        format!("{part:?}"),
        part.escape_ascii().to_string(),
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
