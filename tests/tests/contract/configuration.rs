//! A configuration that cannot be used stops the start and names the variable.

use crate::run;

const UPSTREAM: (&str, &str) = ("UPSTREAM_BASE_URL", "https://service.example.com");

#[test]
fn a_setting_that_cannot_be_used_stops_the_start_by_name() {
    let cases = [
        ("UPSTREAM_BASE_URL", ""),
        ("UPSTREAM_BASE_URL", "service.example.com"),
        ("UPSTREAM_BASE_URL", "ftp://service.example.com"),
        ("UPSTREAM_BASE_URL", "http://service.example.com"),
        (
            "UPSTREAM_BASE_URL",
            "https://user:password@service.example.com",
        ),
        ("UPSTREAM_BASE_URL", "https://service.example.com/?a=b"),
        ("UPSTREAM_CA_FILE", "/nowhere/ca.pem"),
        ("UPSTREAM_ALLOW_HTTP", "yes"),
        ("UPSTREAM_TIMEOUT_MS", "soon"),
        ("UPSTREAM_TIMEOUT_MS", "0"),
        ("UPSTREAM_CONNECT_TIMEOUT_MS", "-1"),
        ("RECEIVE_TIMEOUT_MS", "3600001"),
        ("IDLE_TIMEOUT_MS", "0"),
        ("HEAD_TIMEOUT_MS", "10s"),
        ("MAX_CONNECTIONS", "65537"),
        ("MAX_BODY_BYTES", "6MB"),
        ("MAX_BODY_BYTES", "99999999999999999999"),
        ("MAX_IMAGE_BYTES", "0"),
        ("MAX_AUDIO_BYTES", "1.5"),
        ("MAX_VIDEO_BYTES", "x"),
        ("MAX_TEXT_BYTES", "x"),
        ("MAX_UPLOADS_IN_FLIGHT", "0"),
        // One body must have room.
        ("MAX_BODY_MEMORY_BYTES", "6291455"),
        ("MAX_BODY_MEMORY_BYTES", "1099511627777"),
        ("MIN_BODY_BYTES_PER_SECOND", "0"),
        ("TOKEN_BASE_URL", "garbage"),
        ("TOKEN_LIFETIME_SECONDS", "3601"),
        ("CALLER_CREDENTIALS", "bogus"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "x"),
        ("MAX_BODY_BYTES", "\u{fffd}"),
        ("BMP_SPELLING", "dib"),
        ("STRIP_METADATA", "exif"),
        ("ALLOWED_ORIGINS", "shop.example.com"),
        ("ALLOWED_ORIGINS", "https://shop.example.com/"),
        ("ALLOWED_ORIGINS", "https://shop.example.com/path"),
        ("ALLOWED_ORIGINS", "https://shop.example.com?query"),
        ("ALLOWED_ORIGINS", "https://shop.example.com:443"),
        ("ALLOWED_ORIGINS", "https://Shop.example.com"),
        ("ALLOWED_ORIGINS", "https://user@shop.example.com"),
        ("ALLOWED_ORIGINS", "https://*.example.com"),
        ("ALLOWED_ORIGINS", "https://shop.example.com,*"),
        ("ALLOWED_ORIGINS", "https://shop.example.com,"),
        (
            "ALLOWED_ORIGINS",
            "https://a.example.com https://b.example.com",
        ),
        ("ALLOWED_ORIGINS", "null"),
        ("SCAN_CLAMD", "clamd:3310"),
        ("SCAN_CLAMD", "http://clamd:3310"),
        ("SCAN_CLAMD", "tcp://clamd"),
        ("SCAN_CLAMD", "tcp://clamd:0"),
        ("SCAN_CLAMD", "tcp://:3310"),
        ("SCAN_CLAMD", "tcp://user@clamd:3310"),
        ("SCAN_CLAMD", "tcp://clamd:3310/path"),
        ("SCAN_CLAMD", "tcp://clamd:3310?query"),
        ("SCAN_CLAMD", "unix:clamd.sock"),
        ("SCAN_CLAMD", "unix:/run/clamav/"),
        ("LISTEN_ADDRESS", "8000"),
        ("LOG_LEVEL", "verbose"),
        ("LOG_FORMAT", "xml"),
        ("LOG_SHA256", "yes"),
        ("METRICS_ADDRESS", "9000"),
        ("METRICS_NAMESPACE", "AWS/Lambda"),
        ("METRICS_NAMESPACE", "Chat Uploads"),
    ];
    for (name, value) in cases {
        let (code, said) = run(&[UPSTREAM, (name, value)]);
        assert_eq!(code, Some(2), "{name}={value}: {said}");
        assert!(said.contains(name), "{name}={value}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn what_becomes_of_a_file_that_is_not_scanned_must_be_said_in_its_words() {
    let clamd = ("SCAN_CLAMD", "tcp://clamd:3310");
    for setting in [("SCAN_FAILURE", "ignore"), ("SCAN_TIMEOUT_MS", "0")] {
        let (code, said) = run(&[UPSTREAM, clamd, setting]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(setting.0), "{said}");
    }
}

#[test]
fn credentials_must_be_complete_and_come_from_one_place() {
    let (key, secret) = (("APP_KEY", "k"), ("APP_SECRET", "hidden-value"));
    let (file, arn) = (("APP_SECRET_FILE", "f"), ("APP_SECRET_ARN", "arn"));
    for (credentials, name) in [
        (&[key][..], "APP_SECRET"),
        (&[secret], "APP_KEY"),
        (&[key, secret, file], "APP_SECRET_FILE"),
        (&[key, arn], "AWS_SESSION_TOKEN"),
    ] {
        let (code, said) = run(&[&[UPSTREAM], credentials].concat());
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(name), "{said}");
        assert!(!said.contains("hidden-value"), "{said}");
    }
}

#[test]
fn an_address_that_is_in_use_stops_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    for name in ["LISTEN_ADDRESS", "METRICS_ADDRESS"] {
        let (code, said) = run(&[
            UPSTREAM,
            ("LISTEN_ADDRESS", "127.0.0.1:0"),
            (name, &address),
        ]);
        assert_eq!(code, Some(1));
        assert!(said.contains(&address));
    }
}
