//! Tickets: proof that a caller may use one chat, signed by the integrator's backend.
//!
//! No documentation says that the contact centre compares the identifiers in a call with the session
//! token. If it does not, a gateway that adds its own credentials would let one customer read another
//! customer's chat. So with `CHAT_IDENTITY=signed` each call needs a ticket: a JWT (RFC 7519) with the
//! claims `sub` (the user), `aud` (the channel) and `exp`, signed with HMAC-SHA256 (RFC 7515).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64_simd::URL_SAFE_NO_PAD;
use ccmessaging_client::Secret;
use http::{HeaderMap, HeaderName};
use ring::hmac;
use serde::de::{Deserializer, IgnoredAny};
use serde::{Deserialize, de::DeserializeOwned};

use crate::config::split_ticket_keys;
use crate::credentials::CredentialsError;
use crate::rejection::{ChatRejection, TicketError};

/// The header that contains the ticket.
pub(crate) const X_CHAT_TICKET: HeaderName = HeaderName::from_static("x-chat-ticket");

/// The longest ticket that is verified; one with the documented claims has about 200 bytes.
const MAX_TICKET_BYTES: usize = 4096;

/// How much earlier than `nbf` a ticket is accepted. Many libraries set it to the time of signing, and the
/// backend's clock may be ahead of the gateway's.
const NOT_BEFORE_LEEWAY: Duration = Duration::from_secs(60);

/// The keys that sign tickets; more than one while a key is replaced. `Debug` does not print them.
#[derive(Debug)]
pub(super) struct TicketKeys(Vec<hmac::Key>);

/// The chat that a verified ticket permits.
#[derive(Debug)]
pub(super) struct Ticket {
    user_id: String,
    channel_id: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Extensions that a verifier must understand (RFC 7515 section 4.1.11). There are none here, so the
    /// member is refused, whatever its value.
    #[serde(default, rename = "crit", deserialize_with = "is_present")]
    has_crit: bool,
}

/// Other claims are ignored.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    /// Seconds since 1970, possibly with a fraction (RFC 7519 section 2).
    exp: f64,
    /// The time before which the ticket is rejected, likewise.
    nbf: Option<f64>,
}

impl TicketKeys {
    /// Creates the keys of a list that [`ticket_keys`](crate::config::ticket_keys) accepts.
    pub(super) fn new(keys: &Secret) -> Self {
        let keys = split_ticket_keys(keys.expose());
        let keys = keys.map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()));
        Self(keys.collect())
    }

    /// Verifies the ticket of a request.
    pub(super) fn verify(
        &self,
        headers: &HeaderMap,
        now: SystemTime,
    ) -> Result<Ticket, ChatRejection> {
        let mut values = headers.get_all(&X_CHAT_TICKET).iter();
        let ticket = values.next().ok_or(TicketError::Missing)?.as_bytes();
        // Some triggers join repeated headers with a comma, which no ticket contains.
        if values.next().is_some() || ticket.contains(&b',') {
            return Err(CredentialsError::Repeated(X_CHAT_TICKET).into());
        }
        if ticket.is_empty() {
            return Err(TicketError::Missing.into());
        }
        let claims = self.claims(ticket).ok_or(TicketError::Invalid)?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if now.as_secs_f64() >= claims.exp {
            return Err(TicketError::Expired.into());
        }
        let is_early = |nbf: f64| now.as_secs_f64() + NOT_BEFORE_LEEWAY.as_secs_f64() < nbf;
        if claims.nbf.is_some_and(is_early) {
            return Err(TicketError::NotYetValid.into());
        }
        Ok(Ticket {
            user_id: claims.sub,
            channel_id: claims.aud,
        })
    }

    /// Returns the claims if the signature is of one of the keys. Nothing is parsed before that.
    fn claims(&self, ticket: &[u8]) -> Option<Claims> {
        if ticket.len() > MAX_TICKET_BYTES {
            return None;
        }
        let dot = memchr::memrchr(b'.', ticket)?;
        let (signed, signature) = (&ticket[..dot], &ticket[dot + 1..]);
        let signature = URL_SAFE_NO_PAD.decode_to_vec(signature).ok()?;
        // Compares in constant time.
        let is_signed_with = |key| hmac::verify(key, signed, &signature).is_ok();
        if !self.0.iter().any(is_signed_with) {
            return None;
        }
        let dot = memchr::memchr(b'.', signed)?;
        let header = URL_SAFE_NO_PAD.decode_to_vec(&signed[..dot]).ok()?;
        let header: Header = object(&header)?;
        if header.alg != "HS256" || header.has_crit {
            return None;
        }
        let claims = URL_SAFE_NO_PAD.decode_to_vec(&signed[dot + 1..]).ok()?;
        object(&claims)
    }
}

/// Parses a JSON object. Serde would also read a struct from an array of its members.
fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let is_object = json.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(json).ok())?
}

fn is_present<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(value).map(|_| true)
}

impl Ticket {
    /// Checks that a call's parameter is the user of the ticket.
    pub(super) fn check_user(&self, field: &'static str, id: &str) -> Result<(), TicketError> {
        if id == self.user_id {
            Ok(())
        } else {
            Err(TicketError::Mismatch { field })
        }
    }

    /// Checks that a call's parameter is the channel of the ticket.
    pub(super) fn check_channel(&self, field: &'static str, id: &str) -> Result<(), TicketError> {
        if id == self.channel_id {
            Ok(())
        } else {
            Err(TicketError::Mismatch { field })
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
    const CLAIMS: &str = r#"{"sub":"visitor","aud":"channel","exp":1000}"#;
    /// RFC 7515 appendix A.1, whose key is the Base64 text below, decoded.
    const RFC_7515: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const RFC_7515_KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    fn sign(key: &str, header: &str, claims: &str) -> String {
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode_to_string(part);
        let signed = format!(
            "{}.{}",
            encode(header.as_bytes()),
            encode(claims.as_bytes())
        );
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let signature = encode(hmac::sign(&key, signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }

    fn verify_at(ticket: &str, seconds: u64) -> Result<Ticket, &'static str> {
        let ticket = HeaderValue::from_str(ticket).expect("a header's value");
        let headers = HeaderMap::from_iter([(X_CHAT_TICKET, ticket)]);
        let now = UNIX_EPOCH + Duration::from_secs(seconds);
        let verified = TicketKeys::new(&Secret::new(KEY)).verify(&headers, now);
        verified.map_err(|rejection| rejection.verdict().reason_code)
    }

    #[test]
    fn a_signed_ticket_permits_its_user_and_channel_until_it_expires() {
        let ticket = sign(KEY, HEADER, CLAIMS);
        let verified = verify_at(&ticket, 999).expect("a valid ticket");
        assert_eq!(verified.check_user("from", "visitor"), Ok(()));
        assert_eq!(verified.check_channel("to", "channel"), Ok(()));
        for other in ["", "Visitor", "visitor ", "channel"] {
            let mismatch = Err(TicketError::Mismatch { field: "from" });
            assert_eq!(verified.check_user("from", other), mismatch, "{other}");
        }
        assert!(verified.check_channel("to", "visitor").is_err());
        for late in [1000, 1001] {
            assert_eq!(verify_at(&ticket, late).err(), Some("ticket_expired"));
        }
    }

    #[test]
    fn other_headers_and_claims_are_ignored_and_times_may_have_fractions() {
        let header = r#"{"typ":"jwt","kid":"1","alg":"HS256"}"#;
        let claims = r#"{"exp":1000.5,"iat":9999,"jti":"x","sub":"a","aud":"b","roles":["c"]}"#;
        assert!(verify_at(&sign(KEY, header, claims), 1000).is_ok());
    }

    #[test]
    fn a_ticket_is_rejected_more_than_a_minute_before_it_is_valid() {
        let claims = r#"{"sub":"a","aud":"b","exp":1000,"nbf":500.5}"#;
        let ticket = sign(KEY, HEADER, claims);
        assert_eq!(verify_at(&ticket, 440).err(), Some("ticket_invalid"));
        assert!(verify_at(&ticket, 441).is_ok());
        let without = sign(
            KEY,
            HEADER,
            r#"{"sub":"a","aud":"b","exp":1000,"nbf":null}"#,
        );
        assert!(verify_at(&without, 1).is_ok());
    }

    #[test]
    fn only_hs256_with_the_key_and_all_claims_is_accepted() {
        let valid = sign(KEY, HEADER, CLAIMS);
        let (unsigned, signature) = valid.rsplit_once('.').expect("three parts");
        let none = URL_SAFE_NO_PAD.encode_to_string(br#"{"alg":"none"}"#);
        let payload = URL_SAFE_NO_PAD.encode_to_string(CLAIMS);
        let forged = URL_SAFE_NO_PAD.encode_to_string(CLAIMS.replace("visitor", "another"));
        let header = unsigned.split('.').next().expect("a header");
        let invalid = [
            String::from("x"),
            String::from(".."),
            unsigned.to_owned(),
            format!("{unsigned}."),
            format!("{valid}="),
            format!("{valid}.{signature}"),
            format!("{none}.{payload}."),
            format!("{header}.{forged}.{signature}"),
            valid[..valid.len() - 2].to_owned(),
            sign("another key of at least 32 bytes", HEADER, CLAIMS),
            sign(KEY, r#"{"alg":"HS512"}"#, CLAIMS),
            sign(KEY, r#"{"alg":"hs256"}"#, CLAIMS),
            sign(KEY, r#"{"alg":"none"}"#, CLAIMS),
            sign(KEY, r#"{"typ":"JWT"}"#, CLAIMS),
            sign(KEY, r#"{"alg":"HS256","alg":"HS256"}"#, CLAIMS),
            sign(KEY, r#"{"alg":"HS256","crit":["b64"],"b64":false}"#, CLAIMS),
            sign(KEY, r#"{"alg":"HS256","crit":null}"#, CLAIMS),
            sign(KEY, r#"["HS256"]"#, CLAIMS),
            sign(KEY, r#"["HS256",null]"#, CLAIMS),
            sign(KEY, HEADER, r#"["a","b",1000]"#),
            sign(KEY, HEADER, r#"{"sub":"a","aud":"b","exp":1000,"nbf":62}"#),
            sign(KEY, HEADER, r#"{"sub":"a","aud":"b","exp":1000,"nbf":"0"}"#),
            sign(KEY, HEADER, r#"{"sub":"a","aud":"b"}"#),
            sign(KEY, HEADER, r#"{"sub":"a","exp":1000}"#),
            sign(KEY, HEADER, r#"{"aud":"b","exp":1000}"#),
            sign(KEY, HEADER, r#"{"sub":1,"aud":"b","exp":1000}"#),
            sign(KEY, HEADER, r#"{"sub":"a","aud":["b"],"exp":1000}"#),
            sign(KEY, HEADER, r#"{"sub":"a","aud":"b","exp":"1000"}"#),
            sign(KEY, HEADER, r#"{"sub":"a","aud":"b","exp":null}"#),
            sign(KEY, HEADER, r#"{"sub":"a","aud":"b","exp":9,"nbf":"0"}"#),
            sign(KEY, HEADER, r#"{"sub":"a","sub":"c","aud":"b","exp":1000}"#),
            sign(KEY, HEADER, "visitor"),
            sign(
                KEY,
                HEADER,
                &CLAIMS.replace("visitor", &"v".repeat(MAX_TICKET_BYTES)),
            ),
        ];
        for ticket in invalid {
            assert_eq!(
                verify_at(&ticket, 1).err(),
                Some("ticket_invalid"),
                "{ticket}"
            );
        }
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        let key = URL_SAFE_NO_PAD.decode_to_vec(RFC_7515_KEY).expect("Base64");
        let (signed, signature) = RFC_7515.rsplit_once('.').expect("three parts");
        let signature = URL_SAFE_NO_PAD.decode_to_vec(signature).expect("Base64");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        assert!(hmac::verify(&key, signed.as_bytes(), &signature).is_ok());
    }

    #[test]
    fn a_ticket_is_sent_once() {
        let key = TicketKeys::new(&Secret::new(KEY));
        let verify = |tickets: &[&'static str]| {
            let ticket = |ticket: &&'static str| (X_CHAT_TICKET, HeaderValue::from_static(ticket));
            let mut headers = HeaderMap::new();
            headers.extend(tickets.iter().map(ticket));
            for (name, value) in tickets.iter().skip(1).map(ticket) {
                headers.append(name, value);
            }
            let verified = key.verify(&headers, UNIX_EPOCH);
            verified.expect_err("no ticket").verdict().reason_code
        };
        assert_eq!(verify(&[]), "ticket_missing");
        assert_eq!(verify(&[""]), "ticket_missing");
        assert_eq!(verify(&["a,b"]), "repeated_header");
        assert_eq!(verify(&["a", "b"]), "repeated_header");
    }
}
