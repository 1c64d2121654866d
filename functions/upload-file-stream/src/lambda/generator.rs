//! Generates valid and invalid events of every trigger.

use std::path::Path;

use fastrand::Rng;
use serde_json::{Map, Value};

/// Returns the events of the folder `events`, by name.
pub(super) fn committed_events() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let mut events: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of events")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension() == Some("json".as_ref()))
        .map(|path| {
            let event = std::fs::read(&path).expect("an event");
            (path.display().to_string(), event)
        })
        .collect();
    // The order in a folder is not defined, and a failure must be reproducible.
    events.sort();
    events
}

/// A member of an object: its name with quotes, and its value, both in JSON.
type Member = (String, String);

/// Generates the same events in every run.
pub(super) struct Generator {
    rng: Rng,
    bases: Vec<Vec<Member>>,
}

impl Generator {
    pub(super) fn new() -> Self {
        let members = |(_, event): (String, Vec<u8>)| {
            let event: Map<String, Value> = serde_json::from_slice(&event).expect("JSON");
            let members = event.into_iter();
            members
                .map(|(name, value)| (format!("\"{name}\""), value.to_string()))
                .collect()
        };
        Self {
            rng: Rng::with_seed(7),
            bases: committed_events().into_iter().map(members).collect(),
        }
    }

    /// Returns a committed event with another body, further members, another order and white space, or
    /// damaged.
    pub(super) fn event(&mut self) -> Vec<u8> {
        let mut members = self.choose(&self.bases.clone());
        if self.one_in(8) {
            set(&mut members, "body", None);
        } else if !self.one_in(4) {
            let (body, is_base64_encoded) = self.body();
            set(&mut members, "body", Some(&body));
            set(&mut members, "isBase64Encoded", Some(is_base64_encoded));
        }
        if self.one_in(16) {
            let values = [
                None,
                Some("true"),
                Some("false"),
                Some("null"),
                Some("\"true\""),
            ];
            set(&mut members, "isBase64Encoded", self.choose(&values));
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

    fn choose<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.rng.usize(..from.len())].clone()
    }

    /// Adds members that a naive search would mistake for the body, and duplicate names.
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
            // The last three make the event unknown, which tests less.
            let count = if self.one_in(8) { DECOYS.len() } else { 6 };
            let (name, value) = self.choose(&DECOYS[..count]);
            let decoy = (name.to_owned(), value.to_owned());
            members.insert(self.rng.usize(..=members.len()), decoy);
        }
        for (_, value) in members {
            if value.starts_with("{\"") && self.one_in(8) {
                value.insert_str(1, r#""body":"nested","#);
            }
        }
    }

    /// Returns a body in JSON and the value of `isBase64Encoded`.
    fn body(&mut self) -> (String, &'static str) {
        match self.rng.u8(..16) {
            0 => ("null".to_owned(), "false"),
            1 => ("\"\"".to_owned(), self.choose(&["true", "false"])),
            2 => (r#"{"body":7}"#.to_owned(), "false"),
            3..=8 => (self.base64(), "true"),
            _ => (self.text(), "false"),
        }
    }

    fn base64(&mut self) -> String {
        const WRONG: [&str; 10] = ["*", "=", "A", "AA", "\\n", "-", "_", "\\", "\u{e9}", " "];
        // The last length is sometimes long enough for a run that is not copied.
        let longest = self.choose(&[4, 60, 400, 12_000]);
        let mut bytes = vec![0; self.rng.usize(..longest)];
        self.rng.fill(&mut bytes);
        let mut text = base64_simd::STANDARD.encode_to_string(&bytes);
        if self.one_in(8) {
            text = text.replace('/', "\\/");
        }
        if self.one_in(6) {
            text.insert_str(self.rng.usize(..=text.len()), self.choose(&WRONG));
        }
        format!("\"{text}\"")
    }

    /// Returns a string with every kind of escape; sometimes it is not valid.
    fn text(&mut self) -> String {
        const PARTS: [&str; 13] = [
            r#"{\"body\":\""#,
            r"\\",
            r#"\""#,
            r"\/",
            "/",
            r"\n\t",
            r"\b\f\r",
            "é😀",
            "\u{7f}",
            "QUJD",
            r"\u00e9",
            r"\u0022",
            r"\ud83d\ude00",
        ];
        const WRONG: [&str; 6] = [r"\ud800", r"\x", r"\u00g0", "\n", "\0", r"\"];
        // A body with one of the last three is not extracted.
        let count = if self.one_in(4) { PARTS.len() } else { 10 };
        let mut text = String::from("\"");
        for _ in 0..self.rng.usize(..12) {
            let part = self.choose(&PARTS[..count]);
            let repetitions = self.choose(&[1, 1, 1, 300]);
            text.push_str(&part.repeat(repetitions));
        }
        if self.one_in(24) {
            text.push_str(self.choose(&WRONG));
        }
        text + "\""
    }

    fn object(&mut self, members: &[Member]) -> String {
        let spaces: &[&str] = if self.rng.bool() {
            &["", "", " ", "\n  ", "\t", "\r\n"]
        } else {
            &[""]
        };
        let mut text = String::new();
        let mut mark = "{";
        for (name, value) in members {
            for token in [mark, name, ":", value] {
                text.push_str(self.choose(spaces));
                text.push_str(token);
            }
            mark = ",";
        }
        let end = if members.is_empty() { "{}" } else { "}" };
        text + self.choose(spaces) + end + self.choose(spaces)
    }

    /// Breaks an event at a random position, or appends to it.
    fn damage(&mut self, event: &mut Vec<u8>) {
        let at = self.rng.usize(..event.len());
        match self.rng.u8(..5) {
            0 => event.truncate(at),
            1 => drop(event.remove(at)),
            2 => event[at] = self.rng.u8(..),
            3 => event.extend(b"{\"body\":\"after the event\"}"),
            _ => event.insert(at, self.choose(b"\"\\{}[],: \x00\xff")),
        }
    }
}

/// Replaces all members with this name.
fn set(members: &mut Vec<Member>, name: &str, value: Option<&str>) {
    let name = format!("\"{name}\"");
    members.retain(|(found, _)| *found != name);
    members.extend(value.map(|value| (name, value.to_owned())));
}
