//! A configuration that cannot be used stops the start and names the variable.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use gateway_tests::Platform;

use crate::{PROGRAM, gateway, run};

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
        ("UPSTREAM_BASE_URL", "https://service.example.com#top"),
        ("UPSTREAM_BASE_URL", "http://127.0.0.1:99999"),
        ("UPSTREAM_BASE_URL", "http://127.0.0.1:22x"),
        ("UPSTREAM_BASE_URL", "http://127.0.0.1:-1"),
        ("UPSTREAM_BASE_URL", "http://127.0.0.1:0"),
        ("UPSTREAM_BASE_URL", "http://127.0.0.1:"),
        ("UPSTREAM_BASE_URL", "https://:443"),
        ("UPSTREAM_BASE_URL", "https://a,b.example.com"),
        (
            "UPSTREAM_BASE_URL",
            "https://service.example.com/apiaccess/ccmessaging/uploadFileStream",
        ),
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
        ("TOKEN_BASE_URL", "https://service.example.com:99999"),
        ("TOKEN_BASE_URL", "https://user@service.example.com"),
        (
            "TOKEN_BASE_URL",
            "https://service.example.com/apigovernance/api/oauth/tokenByAkSk",
        ),
        ("TOKEN_LIFETIME_SECONDS", "3601"),
        ("APP_SECRET", "secret\nsecond line"),
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
        ("SCAN_CLAMD", "tcp://clamd:99999"),
        ("SCAN_CLAMD", "tcp://clamd:22x"),
        ("SCAN_CLAMD", "tcp://clamd:-1"),
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
        ("METRICS_ADDRESS", "127.0.0.1:8000"),
        ("METRICS_ADDRESS", "0.0.0.0:8000"),
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
fn invalid_scan_settings_are_rejected_by_name() {
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
        assert!(said.contains(name) && said.contains(&address), "{said}");
    }
}

#[test]
fn an_app_secret_that_cannot_be_read_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path.into_os_string().into_string().expect("Unicode")
    };
    let fifo = folder.path().join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo").success());
    let cases = [
        ("/nowhere/app-secret".to_owned(), "cannot be read"),
        (file("empty", b" \n"), "is empty"),
        (file("latin", b"secr\xE9t"), "UTF-8"),
        (file("long", &vec![b'x'; 64 * 1024 + 1]), "64 KiB"),
        (file("lines", b"secret\nsecond line\n"), "line break"),
        (folder.path().display().to_string(), "regular file"),
        ("/dev/zero".to_owned(), "regular file"),
        (fifo.display().to_string(), "regular file"),
    ];
    for (path, words) in cases {
        let (code, said) = run(&[UPSTREAM, ("APP_KEY", "k"), ("APP_SECRET_FILE", &path)]);
        assert_eq!(code, Some(2), "{path}: {said}");
        let is_named = said.contains("APP_SECRET_FILE") && said.contains(words);
        assert!(is_named && !said.contains(&path), "{path}: {said}");
    }
}

#[test]
fn a_certificate_file_that_never_ends_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let made = Command::new("mkfifo").arg(path("fifo")).status();
    assert!(made.expect("mkfifo").success());
    let long = std::fs::File::create(path("long")).expect("a file");
    long.set_len(4 * 1024 * 1024 + 1).expect("a long file");
    for (path, words) in [
        (path("fifo"), "regular file"),
        ("/dev/zero".to_owned(), "regular file"),
        (path(""), "regular file"),
        (path("long"), "more than 4194304 bytes"),
    ] {
        let (code, said) = run(&[UPSTREAM, ("UPSTREAM_CA_FILE", &path)]);
        assert_eq!(code, Some(2), "{path}: {said}");
        assert!(
            said.contains("UPSTREAM_CA_FILE") && said.contains(words),
            "{said}"
        );
    }
}

#[test]
fn a_value_that_is_not_utf_8_stops_the_start() {
    let output = Command::new(PROGRAM)
        .env_clear()
        .env("UPSTREAM_BASE_URL", "https://service.example.com")
        .env("APP_KEY", "k")
        .env("APP_SECRET", OsStr::from_bytes(b"secr\xE9t"))
        .output()
        .expect("the program must start");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("APP_SECRET") && said.contains("UTF-8"),
        "{said}"
    );
    assert!(!said.contains("secr"), "{said}");
}

#[tokio::test]
async fn settings_that_were_probably_meant_otherwise_are_warned_of() {
    let settings = [
        ("HTTPS_PROXY", "http://proxy.example.com:3128"),
        ("UPSTREAM_TIMEOUT_MS", "25"),
        ("SCAN_CLAMD", "tcp://clamd:3310"),
    ];
    let gateway = gateway(Platform::Http, UPSTREAM.1, &settings).await;
    let log = gateway.stop().await;
    for warning in [
        "HTTPS_PROXY has no effect",
        "UPSTREAM_TIMEOUT_MS is only 25 milliseconds",
        "SCAN_TIMEOUT_MS exceeds UPSTREAM_TIMEOUT_MS",
    ] {
        assert!(log.contains(warning), "{log}");
    }
}
