//! The page of the documentation with the table.

use std::fmt::Write as _;
use std::path::Path;

use crate::table::{Counted, Row, Section};

const PAGE: &str = "../functions/upload-file-stream/docs/faults.md";

/// If this variable is set, the test writes the page.
const WRITE: &str = "WRITE_FAULTS_PAGE";

const INTRODUCTION: &str = "# Faults

What a caller gets when something goes wrong between the gateway and the contact centre, or the
malware scanner. Each row is
a test of the real program, as an HTTP server and as a Lambda function; the page is written from the
tests' table, and a test fails where the two differ:

```sh
WRITE_FAULTS_PAGE=1 cargo test -p gateway-tests --test faults the_page_shows_the_table
```

- `returnCode` is `0` only if the contact centre itself said so, in a whole answer.
- The sentence is the gateway's `returnDesc`. Where there is none, the contact centre's answer is
  passed on unchanged.
- A session token that the contact centre sent back reaches the caller whenever the answer's head
  arrived whole, whatever became of the rest.
- Uploads that failed may lie in the contact centre all the same, if the answer alone was lost. They
  belong to no message, so a repetition does no harm.
- An attempt is repeated where it never got an answer and where its status is 429, 502, 503 or 504:
  at most twice, after a pause, before the deadline `UPSTREAM_TIMEOUT_MS`.
- Redirects are never followed. No answer is read beyond a head of 32 KiB and a body of 64 KiB, and
  no more than a hundred interim answers (1xx) are waited through.
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
        "docs/faults.md does not show the table: write it anew with {WRITE}=1"
    );
}

fn page(sections: &[Section]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for section in sections {
        let counted = match section.counted {
            Counted::Uploads => "attempts",
            Counted::TokenCalls => "calls of `tokenByAkSk`",
        };
        let title = section.title;
        let introduction = section.introduction;
        let _ = write!(
            page,
            "\n## {title}\n\n{introduction}\n\n\
             | fault | status | returnCode | returnDesc | {counted} | rotated token |\n\
             |---|---|---|---|---|---|\n"
        );
        for row in &section.rows {
            let Row { fault, calls, .. } = row;
            let status = row.answer.status;
            let code = row.answer.return_code.unwrap_or("–");
            let sentence = row.answer.sentence.as_deref().unwrap_or("–");
            let token = if row.hands_token_over {
                "handed over"
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
