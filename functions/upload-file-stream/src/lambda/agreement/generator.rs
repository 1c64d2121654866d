//! Events of every trigger, sound and broken.

use std::fmt::Write as _;
use std::path::Path;

use fastrand::Rng;
use serde_json::Value;

/// The events of the folder `events`, by name.
pub(super) fn committed_events() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut events: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of events")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let event = std::fs::read(&path).expect("an event");
            (path.display().to_string(), event)
        })
        .collect();
    // A folder has no order, and a failure must repeat.
    events.sort();
    events
}

/// A member of an object: its name with quotes, and its value, both in JSON.
type Member = (String, String);

pub(super) struct Generator {
    rng: Rng,
    bases: Vec<Vec<Member>>,
}

impl Generator {
    pub(super) fn new() -> Self {
        let members = |event: Vec<u8>| -> Vec<Member> {
            let event: Value = serde_json::from_slice(&event).expect("JSON");
            let members = event.as_object().expect("an object").iter();
            members
                .map(|(name, value)| (format!("\"{name}\""), value.to_string()))
                .collect()
        };
        let events = committed_events().into_iter();
        Self {
            rng: Rng::with_seed(7),
            bases: events.map(|(_, event)| members(event)).collect(),
        }
    }

    pub(super) fn event(&mut self) -> Vec<u8> {
        let index = self.rng.usize(..self.bases.len());
        let mut members = self.bases[index].clone();
        if self.one_in(8) {
            Self::set(&mut members, "body", None);
        } else if !self.one_in(4) {
            let (body, is_base64_encoded) = self.body();
            Self::set(&mut members, "body", Some(body));
            Self::set(
                &mut members,
                "isBase64Encoded",
                Some(is_base64_encoded.to_owned()),
            );
        }
        if self.one_in(16) {
            let marks =
                ["true", "false", "null", "\"true\"", "0"].map(|mark| Some(mark.to_owned()));
            let mark = self.rng.choice(marks).flatten().filter(|mark| mark != "0");
            Self::set(&mut members, "isBase64Encoded", mark);
        }
        self.add_decoys(&mut members);
        if self.rng.bool() {
            self.rng.shuffle(&mut members);
        }
        let mut event = self.object(&members).into_bytes();
        if self.one_in(8) {
            self.damage(&mut event);
        }
        event
    }

    fn one_in(&mut self, count: u32) -> bool {
        self.rng.u32(..count) == 0
    }

    fn set(members: &mut Vec<Member>, name: &str, value: Option<String>) {
        let name = format!("\"{name}\"");
        members.retain(|(found, _)| *found != name);
        members.extend(value.map(|value| (name, value)));
    }

    /// Other members that a careless search would take for the body, and names that occur twice.
    fn add_decoys(&mut self, members: &mut Vec<Member>) {
        const DECOYS: [(&str, &str); 9] = [
            (r#""decoy""#, r#""body""#),
            (r#""decoy""#, r#"["body",{"body":"x"},[]]"#),
            (r#""decoy""#, r#"{"body":{"body":"x\\"},"\"body\":\"":""}"#),
            (r#""de\"coy\\""#, r#""\\\"body\":\"""#),
            (r#""Body""#, r#""x""#),
            (r#""body ""#, r#""x""#),
            (r#""body""#, r#""twice""#),
            (r#""bod\u0079""#, r#""twice""#),
            (r#""isBase64Encoded""#, "false"),
        ];
        while self.one_in(3) {
            // The last three make the event unknown, and so prove less.
            let upto = if self.one_in(8) { DECOYS.len() } else { 6 };
            let (name, value) = DECOYS[self.rng.usize(..upto)];
            let decoy = (name.to_owned(), value.to_owned());
            members.insert(self.rng.usize(..=members.len()), decoy);
        }
        for (_, value) in members {
            if value.starts_with("{\"") && self.one_in(8) {
                value.insert_str(1, r#""body":"nested","#);
            }
        }
    }

    /// A body's value, and what `isBase64Encoded` says of it.
    fn body(&mut self) -> (String, &'static str) {
        match self.rng.u8(..16) {
            0 => ("null".to_owned(), "false"),
            1 => (
                r#""""#.to_owned(),
                self.rng.choice(["true", "false"]).unwrap_or_default(),
            ),
            2 => (r#"{"body":7}"#.to_owned(), "false"),
            3..=8 => (self.base64(), "true"),
            _ => (self.text(), "false"),
        }
    }

    fn base64(&mut self) -> String {
        let bytes: Vec<u8> = (0..self.length()).map(|_| self.rng.u8(..)).collect();
        let mut text = base64_simd::STANDARD.encode_to_string(&bytes);
        if self.one_in(8) {
            text = text.replace('/', "\\/");
        }
        if self.one_in(6) {
            let at = self.rng.usize(..=text.len());
            let wrong = ["*", "=", "A", "AA", "\\n", "-", "_", "\\", "\u{e9}", " "];
            text.insert_str(at, wrong[self.rng.usize(..wrong.len())]);
        }
        format!("\"{text}\"")
    }

    /// Long enough now and then to hold a run that is not copied.
    fn length(&mut self) -> usize {
        let longest = [4, 60, 400, 12_000][self.rng.usize(..4)];
        self.rng.usize(..longest)
    }

    /// A string of any characters, escaped in any way; seldom not a string at all.
    fn text(&mut self) -> String {
        let has_code_points = self.one_in(4);
        let mut text = String::from("\"");
        for _ in 0..self.rng.usize(..12) {
            let base64 = "QUJD".repeat(self.length() / 4);
            let parts = [
                "{\"body\":\"",
                "\\",
                "\"",
                "/",
                "\n\t",
                "\u{8}\u{c}\r",
                "é😀",
                "\u{7f}",
                &base64,
            ];
            for character in parts[self.rng.usize(..parts.len())].chars() {
                self.push_escaped(&mut text, character, has_code_points);
            }
        }
        if self.one_in(24) {
            let wrong = ["\\ud800", "\\x", "\\u00g0", "\n", "\0", "\\"];
            text.push_str(wrong[self.rng.usize(..wrong.len())]);
        }
        text.push('"');
        text
    }

    fn push_escaped(&mut self, text: &mut String, character: char, has_code_points: bool) {
        let short = match character {
            '"' | '\\' | '/' => Some(character),
            '\n' => Some('n'),
            '\t' => Some('t'),
            '\r' => Some('r'),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            _ => None,
        };
        match short {
            _ if has_code_points && self.one_in(4) => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
            Some('/') if self.rng.bool() => text.push('/'),
            Some(short) => text.extend(['\\', short]),
            None => text.push(character),
        }
    }

    fn object(&mut self, members: &[Member]) -> String {
        let is_spaced = self.rng.bool();
        let mut text = String::new();
        let mut mark = |text: &mut String, mark: &str| {
            for part in ["", mark, ""] {
                text.push_str(part);
                if is_spaced {
                    let spaces = ["", "", " ", "\n  ", "\t", "\r\n"];
                    text.push_str(spaces[self.rng.usize(..spaces.len())]);
                }
            }
        };
        mark(&mut text, "{");
        for (index, (name, value)) in members.iter().enumerate() {
            if index > 0 {
                mark(&mut text, ",");
            }
            text.push_str(name);
            mark(&mut text, ":");
            text.push_str(value);
        }
        mark(&mut text, "}");
        text
    }

    /// Breaks an event somewhere, or makes it another one.
    fn damage(&mut self, event: &mut Vec<u8>) {
        let at = self.rng.usize(..event.len());
        match self.rng.u8(..5) {
            4 => event.extend(b"{\"body\":\"after the event\"}"),
            0 => event.truncate(at),
            1 => drop(event.remove(at)),
            2 => event[at] = self.rng.u8(..),
            _ => {
                let marks = b"\"\\{}[],: \x00\xff";
                event.insert(at, marks[self.rng.usize(..marks.len())]);
            }
        }
    }
}
