//! The file types are one table in the core. What cannot be derived from it is compared with it here,
//! and names the place to change.

use ccmessaging_core::FileType;
use ccmessaging_sandbox::file_types;

const MODULE: &str = include_str!("../../../web/src/file-types.js");
const FUZZ_SEEDS: &str = include_str!("../../../crates/ccmessaging-core/fuzz/seed.sh");
const OPENAPI: &str = include_str!("../../../crates/ccmessaging-gateway/openapi.json");

#[test]
fn sandbox_accepts_the_same_file_types_as_the_gateway() {
    // It shares no code with the gateway, so it has its own list.
    const PLACE: &str = "crates/ccmessaging-sandbox/src/file_types.rs";
    for &file_type in FileType::ALL {
        let name = file_type.name();
        let is_listed = file_types().any(|listed| listed.eq_ignore_ascii_case(name));
        assert!(is_listed, "add {name} to the list in {PLACE}");
    }
    for listed in file_types() {
        let is_known = listed.parse::<FileType>().is_ok();
        assert!(is_known, "remove {listed} from the list in {PLACE}");
    }
}

#[test]
fn browser_module_lists_every_type() {
    const PLACE: &str = "web/src/file-types.js";
    for &file_type in FileType::ALL {
        let name = file_type.name();
        let row = MODULE
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{name}: [")))
            .unwrap_or_else(|| panic!("add {name} to the table in {PLACE}"));
        let media_type = format!("\"{}\"", file_type.media_type());
        assert!(row.contains(&media_type), "{name} is {media_type}: {PLACE}");
        let family = format!("[\"{}\"", file_type.family());
        assert!(row.contains(&family), "{name} is of {family}: {PLACE}");
    }
}

#[test]
fn openapi_lists_every_spelling() {
    for &file_type in FileType::ALL {
        for spelling in file_type.spellings() {
            let quoted = format!("`{spelling}`");
            let place = "crates/ccmessaging-gateway/openapi.json, fileType";
            assert!(OPENAPI.contains(&quoted), "add {quoted} to {place}");
        }
    }
}

#[test]
fn each_type_seeds_a_fuzz_target() {
    for &file_type in FileType::ALL {
        let name = file_type.name();
        let is_seed = |line: &str| {
            line.starts_with("seed ") && line.split(' ').skip(2).any(|word| word == name)
        };
        let place = "crates/ccmessaging-core/fuzz/seed.sh";
        assert!(FUZZ_SEEDS.lines().any(is_seed), "add {name} to {place}");
    }
}
