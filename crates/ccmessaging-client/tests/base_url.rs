//! Which URLs a client accepts.

use ccmessaging_client::BaseUrl;

#[test]
fn plain_http_needs_an_opt_in_except_on_this_machine() {
    for url in ["http://service.example.com", "http://10.0.0.1:8000"] {
        assert!(url.parse::<BaseUrl>().is_err(), "{url}");
        let allowed = BaseUrl::allowing_http(url).expect("a URL");
        assert_eq!(allowed.to_string(), url);
    }
    for url in [
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://[::1]:8000",
    ] {
        assert!(url.parse::<BaseUrl>().is_ok(), "{url}");
    }
}

#[test]
fn invalid_ports_are_rejected() {
    for port in ["99999", "65536", "22x", "-1", "0", ""] {
        let url = format!("https://service.example.com:{port}/x");
        assert!(url.parse::<BaseUrl>().is_err(), "{url}");
        assert!(format!("http://[::1]:{port}").parse::<BaseUrl>().is_err());
    }
    let url: BaseUrl = "https://service.example.com:65535".parse().expect("a URL");
    assert_eq!(url.port(), 65535);
    let url: BaseUrl = "https://[::1]".parse().expect("a URL");
    assert_eq!(url.port(), 443);
}
