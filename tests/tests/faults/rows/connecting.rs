//! Connecting or the TLS handshake fails.

use gateway_tests::{Certificate, Script, Step};

use super::{NOT_HTTP, NOT_SECURE, STORED, UNREACHABLE, answer};
use crate::table::{Counted, Row, Section, Trust, Upstream};

/// A TLS alert: unexpected message (RFC 8446 section 6).
const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x0a";

pub(crate) fn section() -> Section {
    let rows = [without_tls(), tls()];
    Section {
        title: "No connection",
        introduction: "The contact centre …",
        counted: Counted::Uploads,
        rows: rows.into_iter().flatten().collect(),
    }
}

fn without_tls() -> Vec<Row> {
    vec![
        Row::failed("refuses connections", Upstream::Nobody, UNREACHABLE).calls(3),
        Row::failed(
            "has a name that does not exist",
            Upstream::NoSuchName,
            UNREACHABLE,
        )
        .with(&[("UPSTREAM_ALLOW_HTTP", "true")])
        .calls(3),
        Row::failed(
            "does not complete a connection within `UPSTREAM_CONNECT_TIMEOUT_MS`",
            Upstream::FullQueue,
            UNREACHABLE,
        )
        .with(&[("UPSTREAM_CONNECT_TIMEOUT_MS", "200")])
        .calls(3),
        Row::failed(
            "closes the connection in the TLS handshake",
            Upstream::NoTls(Script::new([Step::ReadBytes(5), Step::Reset])),
            UNREACHABLE,
        )
        .calls(3),
        Row::failed(
            "does not complete the TLS handshake within `UPSTREAM_CONNECT_TIMEOUT_MS`",
            Upstream::NoTls(Script::new([Step::Wait])),
            UNREACHABLE,
        )
        .with(&[("UPSTREAM_CONNECT_TIMEOUT_MS", "200")])
        .calls(3),
    ]
}

fn tls() -> Vec<Row> {
    let stored = || Script::answering(answer(200, "", STORED));
    let refused = |fault, certificate, trust| {
        Row::failed(
            fault,
            Upstream::Tls(certificate, trust, stored()),
            NOT_SECURE,
        )
    };
    vec![
        Row::stored(
            "has a certificate that `UPSTREAM_CA_FILE` trusts",
            Upstream::Tls(Certificate::Good, Trust::Given, stored()),
        )
        .handing_token_over(),
        refused(
            "has a certificate that has expired",
            Certificate::Expired,
            Trust::Given,
        ),
        refused(
            "has a certificate of another host",
            Certificate::OfAnotherHost,
            Trust::Given,
        ),
        refused(
            "has a certificate of an unknown authority",
            Certificate::Good,
            Trust::Withheld,
        ),
        Row::failed(
            "speaks HTTP where TLS is expected",
            Upstream::NoTls(Script::new([
                Step::ReadBytes(5),
                Step::Write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec()),
                Step::Wait,
            ])),
            NOT_SECURE,
        ),
        Row::failed(
            "speaks TLS where HTTP is expected",
            Upstream::Raw(Script::answering(ALERT)),
            NOT_HTTP,
        ),
    ]
}
