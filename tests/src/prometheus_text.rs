//! A strict reader of the text format of Prometheus, version 0.0.4.
//!
//! Stricter than Prometheus itself: every metric must have its HELP and its TYPE, in this order,
//! with its samples right behind, and histograms must be whole.

use std::collections::{BTreeMap, BTreeSet};

/// The labels of a sample.
type Labels = BTreeMap<String, String>;

/// A whole exposition.
#[derive(Debug)]
pub struct PrometheusText {
    /// Its metrics, by name.
    pub families: BTreeMap<String, Family>,
}

/// One metric.
#[derive(Debug)]
pub struct Family {
    /// `counter`, `gauge` or `histogram`.
    pub kind: String,
    /// Its samples in order.
    pub samples: Vec<Sample>,
}

/// One line with a value.
#[derive(Debug)]
pub struct Sample {
    /// The metric's name, with the suffix that a histogram's samples have.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
}

impl PrometheusText {
    /// Reads an exposition.
    ///
    /// # Panics
    ///
    /// If anything in it is not as the format has it.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line must end");
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let (name, help) = line
                .strip_prefix("# HELP ")
                .and_then(|rest| rest.split_once(' '))
                .unwrap_or_else(|| panic!("a HELP line is expected: {line}"));
            assert!(is_name(name) && !name.contains(':'), "{line}");
            assert!(!help.is_empty() && !help.contains('\\'), "{line}");
            let line = lines.next().unwrap_or_default();
            let kind = line
                .strip_prefix(&format!("# TYPE {name} "))
                .unwrap_or_else(|| panic!("the TYPE of {name} is expected: {line}"));
            let mut samples = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                samples.push(sample(line));
            }
            let family = Family {
                kind: kind.to_owned(),
                samples,
            };
            family.check(name);
            assert!(families.insert(name.to_owned(), family).is_none(), "{name}");
        }
        Self { families }
    }

    /// The value of the sample with this name and exactly these labels, if there is one.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let wanted: Labels = labels
            .iter()
            .map(|(label, value)| ((*label).to_owned(), (*value).to_owned()))
            .collect();
        self.families
            .values()
            .flat_map(|family| &family.samples)
            .find(|sample| sample.name == name && sample.labels == wanted)
            .map(|sample| sample.value)
    }
}

impl Family {
    fn check(&self, name: &str) {
        let series: BTreeSet<_> = self
            .samples
            .iter()
            .map(|sample| (&sample.name, &sample.labels))
            .collect();
        assert_eq!(series.len(), self.samples.len(), "{name} repeats a series");
        match self.kind.as_str() {
            "counter" => {
                assert!(name.ends_with("_total"), "{name}");
                for sample in &self.samples {
                    assert_eq!(sample.name, name);
                    assert!(sample.value >= 0.0, "{sample:?}");
                }
            }
            "gauge" => assert!(self.samples.iter().all(|sample| sample.name == name)),
            "histogram" => self.check_histogram(name),
            kind => panic!("{name} is of no known type: {kind}"),
        }
    }

    /// For each set of labels: buckets with growing bounds up to `+Inf` and counts that do not
    /// shrink, then the sum, then the count, which is the last bucket's.
    fn check_histogram(&self, name: &str) {
        let mut samples = self.samples.iter().peekable();
        while samples.peek().is_some() {
            let (mut last_bound, mut last_count) = (f64::NEG_INFINITY, 0.0);
            let mut labels = None;
            while let Some(sample) =
                samples.next_if(|sample| sample.name == format!("{name}_bucket"))
            {
                let mut others = sample.labels.clone();
                let bound = number(&others.remove("le").expect("a bucket's bound"));
                assert!(bound > last_bound, "{sample:?}");
                assert!(sample.value >= last_count, "{sample:?}");
                assert_eq!(*labels.get_or_insert_with(|| others.clone()), others);
                (last_bound, last_count) = (bound, sample.value);
            }
            assert_eq!(
                last_bound.to_string(),
                "inf",
                "{name} lacks the last bucket"
            );
            let sum = samples.next().expect("a sum");
            assert_eq!(sum.name, format!("{name}_sum"));
            assert!(sum.value >= 0.0, "{sum:?}");
            let count = samples.next().expect("a count");
            assert_eq!(count.name, format!("{name}_count"));
            assert_eq!(count.value.to_bits(), last_count.to_bits(), "{count:?}");
            assert_eq!(Some(&sum.labels), labels.as_ref());
            assert_eq!(Some(&count.labels), labels.as_ref());
        }
    }
}

/// `name value` or `name{label="value",…} value`; a timestamp is not expected.
fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
    let (name, labels) = match series.split_once('{') {
        None => (series, Labels::new()),
        Some((name, rest)) => {
            let labels = rest.strip_suffix('}').unwrap_or_else(|| panic!("{line}"));
            (name, labels.split(',').map(label).collect())
        }
    };
    assert!(is_name(name), "{line}");
    Sample {
        name: name.to_owned(),
        labels,
        value: number(value),
    }
}

fn label(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or_else(|| panic!("{text}"));
    let value = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or_else(|| panic!("{text}"));
    assert!(
        is_name(name) && !name.contains(':') && !name.starts_with("__"),
        "{text}"
    );
    // No value of the gateway needs an escape.
    assert!(!value.contains(['"', '\\']), "{text}");
    (name.to_owned(), value.to_owned())
}

/// As Go's `ParseFloat` reads it, of which the gateway writes plain decimals and `+Inf`.
fn number(text: &str) -> f64 {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    assert!(is_plain || text == "+Inf", "{text} is no number");
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
}
