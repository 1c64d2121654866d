//! The page of the documentation with the table.

use std::fmt::Write as _;
use std::path::Path;

use crate::table::{Counted, Row, Section};

const PAGE: &str = "../functions/upload-file-stream/docs/faults.md";

/// If this variable is set, the test writes the page.
const WRITE: &str = "WRITE_FAULTS_PAGE";

const INTRODUCTION: &str = "# Faults

The response to every fault between the gateway and the contact centre or the malware scanner. Each row is
a test of the real program, as an HTTP server and as a Lambda function. The page is generated from the tests'
table, and a test fails if they differ:

```sh
WRITE_FAULTS_PAGE=1 cargo test -p gateway-tests --test faults the_page_shows_the_table
```

- `returnCode` is `0` only if the contact centre returned it in a complete response.
- `returnDesc` is the gateway's. Rows without one pass the contact centre's response through unchanged.
- The caller receives a session token that the contact centre sent if the response head arrived completely.
- If only the response was lost, a failed upload may be stored. It belongs to no message, so a retry does no
  harm.
- An attempt without a response, or with status 429, 502, 503 or 504, is retried at most twice, after a pause
  and before the deadline `UPSTREAM_TIMEOUT_MS`.
- Redirects are never followed. A response is limited to a head of 32 KiB, a body of 64 KiB and a hundred 1xx
  responses.
";

/// Compares the page with the table, or writes it.
pub(crate) fn compare(sections: &[Section]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = page(sections);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(path, page).expect("the page must be writable");
        return;
    }
    let written = std::fs::read_to_string(path).expect("the page must be readable");
    assert!(
        written == page,
        "docs/faults.md does not show the table: rewrite it with {WRITE}=1"
    );
}

fn page(sections: &[Section]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for section in sections {
        let counted = match section.counted {
            Counted::Uploads | Counted::Messages => "attempts",
            Counted::TokenCalls => "calls of `tokenByAkSk`",
        };
        let title = section.title;
        let introduction = section.introduction;
        let [code_name, sentence_name] = section.counted.members();
        let _ = write!(
            page,
            "\n## {title}\n\n{introduction}\n\n\
             | fault | status | {code_name} | {sentence_name} | {counted} | rotated token |\n\
             |---|---|---|---|---|---|\n"
        );
        for row in &section.rows {
            let Row { fault, calls, .. } = row;
            let status = row.answer.status;
            let code = row.answer.return_code.unwrap_or("–");
            let sentence = row.answer.sentence.as_deref().unwrap_or("–");
            let token = if row.hands_token_over {
                "returned"
            } else {
                "–"
            };
            let _ = writeln!(
                page,
                "| {fault} | {status} | {code} | {sentence} | {calls} | {token} |"
            );
        }
    }
    page
}
