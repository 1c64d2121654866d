//! The README's table of settings is the program's.

use ccmessaging_gateway::config::SETTINGS;

const README: &str = include_str!("../README.md");

#[test]
fn the_readme_lists_every_setting_as_the_program_reads_it() {
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
