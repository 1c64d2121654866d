//! The README lists the settings, and the configuration warns about those without effect.

use ccmessaging_gateway::Config;
use ccmessaging_gateway::config::SETTINGS;

const README: &str = include_str!("../README.md");

#[test]
fn readme_lists_every_setting() {
    let rows: Vec<&str> = README
        .lines()
        .filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3)
        .filter(|line| line.as_bytes()[3].is_ascii_uppercase())
        .collect();
    let expected: Vec<String> = SETTINGS
        .iter()
        .map(|setting| {
            let default = match setting.default {
                "" => "none".to_owned(),
                default => format!("`{default}`"),
            };
            let scope = setting.scope.name();
            let (name, meaning) = (setting.name, setting.meaning);
            format!("| `{name}` | {default} | {scope} | {meaning} |")
        })
        .collect();
    assert_eq!(rows, expected, "the table is in src/config/settings.rs");
}

fn warnings(vars: &[(&str, &str)]) -> Vec<String> {
    let upstream = [("UPSTREAM_BASE_URL", "https://service.example.com")];
    let vars = upstream.iter().chain(vars);
    let vars = vars.map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_vars(vars.collect::<Vec<_>>());
    config.expect("a usable configuration").warnings
}

#[test]
fn misspelt_settings_are_reported_and_other_variables_are_not() {
    for name in ["MAX_BODY_BYTE", "MAX_BODY_BYTESS", "MAX_BDOY_BYTES"] {
        let expected = format!("unknown setting {name}; did you mean MAX_BODY_BYTES?");
        assert_eq!(warnings(&[(name, "1")]), [expected]);
    }
    for name in ["PATH", "BODY_BYTES", "max_body_bytes"] {
        assert_eq!(warnings(&[(name, "1")]), [""; 0]);
    }
}

#[test]
fn proxies_that_are_ignored_are_reported() {
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let expected = format!("{name} has no effect; the gateway connects directly");
        assert_eq!(warnings(&[(name, "http://proxy:3128")]), [expected]);
    }
}

#[test]
fn settings_of_another_platform_are_reported() {
    let (server, lambda) = (("MAX_CONNECTIONS", "9"), ("METRICS_NAMESPACE", "Uploads"));
    let platform = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    assert_eq!(
        warnings(&[server, lambda]),
        ["METRICS_NAMESPACE only has an effect on Lambda"]
    );
    assert_eq!(
        warnings(&[server, lambda, platform]),
        ["MAX_CONNECTIONS has no effect on Lambda"]
    );
}
