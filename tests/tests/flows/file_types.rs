//! The sandbox shares no code with the gateway, so it has its own list of file types.

use ccmessaging_core::FileType;
use ccmessaging_sandbox::file_types;

/// Where the sandbox's list is.
const PLACE: &str = "crates/ccmessaging-sandbox/src/limits.rs";

#[test]
fn the_sandbox_takes_the_file_types_that_the_gateway_sends_and_no_others() {
    for file_type in FileType::ALL {
        let name = file_type.name();
        let is_listed = file_types().any(|listed| listed.eq_ignore_ascii_case(name));
        assert!(is_listed, "add {name} to the list in {PLACE}");
    }
    for listed in file_types() {
        let is_known = listed.parse::<FileType>().is_ok();
        assert!(is_known, "remove {listed} from the list in {PLACE}");
    }
}
