//! Both sides of the chat over HTTP: the visitor's session, and the agent's desk.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use data_encoding::BASE64;
use reqwest::blocking::RequestBuilder;
use serde_json::json;

use crate::http::{Visitor, client, get, json, session};
use crate::program::{Running, ccmessaging, sample};

const LOCAL: [&str; 2] = ["--listen", "127.0.0.1:0"];

fn serve() -> (Running, String) {
    let mut serve = Running::start(&mut ccmessaging(LOCAL));
    let gateway = serve.line("gateway:");
    (serve, gateway)
}

#[test]
fn a_visitor_is_known_by_the_cookie_that_the_page_sets() {
    let (_serve, gateway) = serve();
    let visitor = Visitor::open(&gateway);
    let user_id = visitor.user_id().to_owned();
    assert_eq!(user_id.len(), 24);
    assert!(!visitor.cookie.contains(&user_id));

    let again = session(&gateway, &visitor.cookie);
    assert!(again.headers().get("set-cookie").is_none());
    let again = json(again);
    assert_eq!(again["userId"], user_id.as_str());
    assert_ne!(again["token"], visitor.session["token"]);
    assert_ne!(Visitor::open(&gateway).user_id(), user_id);

    let unknown = session(&gateway, "other=1");
    assert!(unknown.headers().contains_key("set-cookie"));
    assert_ne!(json(unknown)["userId"], user_id.as_str());
}

#[test]
fn the_desk_shows_a_photo_and_the_customer_downloads_a_pdf() {
    let (_serve, gateway) = serve();
    let visitor = Visitor::with_agent(&gateway);
    let photo = fs::read(sample("photo.jpg")).expect("a file");
    let upload = json!({"fileType": "jpg", "fileStream": BASE64.encode(&photo), "channel": "WEB"});
    let upload = visitor.post("uploadFileStream", &upload);
    let object_key = upload["objectKey"].as_str().expect("an object key");
    assert_eq!(visitor.send("CHAT", "IMAGE", object_key)["resultCode"], "0");

    let conversation = visitor.conversation();
    assert_eq!(conversation["state"], "agent");
    let message = &conversation["messages"][1];
    assert_eq!(message["direction"], "in");
    assert_eq!(message["file"]["objectKey"], object_key);
    let file = get(format!("{gateway}/desk/files/{object_key}"));
    let header = |name| file.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-disposition").starts_with("attachment; "));
    assert!(header("content-security-policy").ends_with("sandbox"));
    assert_eq!(file.bytes().expect("a file"), photo);

    let pdf = fs::read(sample("refused/pdf.txt")).expect("a file");
    let file = json!({"file": {"name": "of\"fer.pdf", "base64": BASE64.encode(&pdf)}});
    let reply = visitor.reply(&file);
    assert_eq!(reply.status().as_u16(), 201);
    let object_key = json(reply)["objectKey"].clone();
    assert_eq!(visitor.reply(&json!({"text": "Here it is"})).status(), 201);

    let messages = visitor.poll();
    assert_eq!(messages[1]["content"], object_key);
    assert_eq!(messages[1]["mediaFileType"], "pdf");
    assert_eq!(messages[2]["content"], "Here it is");
    let object_key = object_key.as_str().expect("a text");
    let body =
        json!({"fileId": format!("local/{object_key}"), "fileType": "pdf", "channel": "WEB"});
    let download = visitor.post("downloadFileStream", &body);
    assert_eq!(download["fileStream"], BASE64.encode(&pdf));
    let file = get(format!("{gateway}/desk/files/{object_key}"));
    let disposition = &file.headers()["content-disposition"];
    assert_eq!(disposition, "attachment; filename=\"of_fer.pdf\"");

    let end = format!("{gateway}/desk/conversations/{}/end", visitor.user_id());
    let ended = client().post(end).send().expect("the desk answers");
    assert_eq!(ended.status().as_u16(), 204);
    assert_eq!(visitor.poll()[0]["controlType"], "DISCONNECT");
    assert_eq!(visitor.conversation()["state"], "ended");
}

#[test]
fn unusable_replies_are_rejected_and_not_sent() {
    let (_serve, gateway) = serve();
    let visitor = Visitor::with_agent(&gateway);
    let file = |name: &str, base64: &str| json!({"file": {"name": name, "base64": base64}});
    let rejected = [
        json!({}),
        json!([]),
        json!({"text": ""}),
        json!({"text": 1}),
        json!({"text": "x", "file": null}),
        json!({"txt": "x"}),
        json!({"text": "x".repeat(501)}),
        file("program.exe", "TVo="),
        file("pdf", "JVBERi0="),
        file("a.pdf", "JVBERi0"),
        json!({"file": {"name": "a.pdf"}}),
    ];
    for body in rejected {
        let response = visitor.reply(&body);
        assert_eq!(response.status().as_u16(), 400, "{body}");
        assert!(json(response)["error"].is_string(), "{body}");
    }
    assert_eq!(
        visitor.conversation()["messages"].as_array().map(Vec::len),
        Some(1)
    );

    let other = Visitor::open(&gateway);
    let text = json!({"text": "x"});
    assert_eq!(other.reply(&text).status().as_u16(), 404);
    assert_eq!(other.send("CONNECT", "TEXT", "")["resultCode"], "0");
    assert_eq!(other.reply(&text).status().as_u16(), 409);
    let unknown = get(format!("{gateway}/desk/files/7f0c"));
    assert_eq!(unknown.status().as_u16(), 404);
}

#[test]
fn other_sites_reach_neither_the_desk_nor_a_session() {
    let (_serve, gateway) = serve();
    let visitor = Visitor::with_agent(&gateway);
    let reply = format!(
        "{gateway}/desk/conversations/{}/messages",
        visitor.user_id()
    );
    let session = format!("{gateway}/chat/session");
    let post = |url: &str, header: &'static str, value: &str| {
        let body = r#"{"text":"hello"}"#;
        let request = client().post(url).header(header, value).body(body);
        request
            .send()
            .expect("the gateway answers")
            .status()
            .as_u16()
    };
    for origin in [
        "https://example.com",
        "null",
        "http://127.0.0.1",
        "http://localhost:1",
    ] {
        assert_eq!(post(&reply, "origin", origin), 403, "{origin}");
        assert_eq!(post(&session, "origin", origin), 403, "{origin}");
    }
    for host in [
        "example.com",
        "127.0.0.1.example.com",
        "localhost.example.com:80",
        "192.0.2.1",
    ] {
        assert_eq!(post(&reply, "host", host), 403, "{host}");
        let list = client().get(format!("{gateway}/desk/conversations"));
        let list = list.header("host", host).send().expect("an answer");
        assert_eq!(list.status().as_u16(), 403, "{host}");
    }
    // By a name that a site lets resolve to 127.0.0.1, and two origins, one of which is the page's own.
    for host in ["evil.example", "evil.example:8000"] {
        for path in [
            "/",
            "/page.js",
            "/session",
            "/stored-files",
            "/stored-files/7f0c",
            "/samples/photo.jpg",
        ] {
            let request = client().get(format!("{gateway}{path}"));
            let response = request.header("host", host).send().expect("an answer");
            assert_eq!(response.status().as_u16(), 403, "{host} {path}");
        }
        assert_eq!(post(&session, "host", host), 403, "{host}");
        assert_eq!(
            post(&format!("{gateway}/session"), "host", host),
            403,
            "{host}"
        );
    }
    for url in [&reply, &session] {
        let request = client().post(url).header("origin", &gateway);
        let request = request.header("origin", "https://example.com");
        let response = request
            .body(r#"{"text":"hello"}"#)
            .send()
            .expect("an answer");
        assert_eq!(response.status().as_u16(), 403, "{url}");
    }
    assert_eq!(
        visitor.conversation()["messages"].as_array().map(Vec::len),
        Some(1)
    );

    assert_eq!(post(&reply, "origin", &gateway), 201);
    assert_eq!(post(&session, "origin", &gateway), 200);
    assert_eq!(post(&reply, "host", "localhost:8000"), 201);
    assert_eq!(post(&reply, "host", "[::1]"), 201);
}

#[test]
fn malformed_requests_reach_no_page() {
    let (_serve, gateway) = serve();
    let address = gateway.strip_prefix("http://").expect("an address");
    let status = |request: &str, header: &str| {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let head = format!(
            "{request} HTTP/1.1\r\nHost: {address}\r\n{header}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("a request");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("a response");
        response.split(' ').nth(1).map(str::to_owned)
    };
    for request in [
        "GET /",
        "GET /openapi.json",
        "GET /stored-files",
        "GET /desk/conversations",
        "POST /desk/expire-sessions",
    ] {
        for (header, expected) in [
            ("Host: evil.example", "400"),
            ("Transfer-Encoding: gzip, chunked", "501"),
        ] {
            let status = status(request, header);
            assert_eq!(status.as_deref(), Some(expected), "{request} {header}");
        }
        let accepted = status(request, "Accept: */*").expect("a status");
        assert!(["200", "204"].contains(&&*accepted), "{request} {accepted}");
    }
}

#[test]
fn the_desk_is_only_served_on_a_loopback_address() {
    let mut serve = Running::start(&mut ccmessaging(["--listen", "0.0.0.0:0"]));
    let gateway = serve.line("gateway:").replace("0.0.0.0", "127.0.0.1");
    let desk = get(format!("{gateway}/desk/conversations"));
    assert_eq!(desk.status().as_u16(), 404);
    assert_eq!(session(&gateway, "other=1").status().as_u16(), 200);
}

#[test]
fn the_contact_centre_is_busy_until_it_is_switched_back() {
    let plan = r#"[{"call":"poll","fault":{"status":{"code":404}}}]"#;
    let mut serve = Running::start(ccmessaging(LOCAL).args(["--faults", plan]));
    let gateway = serve.line("gateway:");
    let visitor = Visitor::with_agent(&gateway);
    let busy = format!("{gateway}/desk/busy");
    let status = |request: RequestBuilder| request.send().expect("an answer").status().as_u16();

    let is_busy = || json(get(format!("{gateway}/desk/conversations")))["busy"].clone();
    assert_eq!(is_busy(), false);

    assert_eq!(status(client().put(&busy)), 204);
    assert_eq!(is_busy(), true);
    assert_ne!(visitor.send("CHAT", "TEXT", "hello")["resultCode"], "0");
    assert_eq!(visitor.poll().len(), 1);
    assert_eq!(status(client().delete(&busy)), 204);
    assert_eq!(is_busy(), false);
    assert_eq!(visitor.send("CHAT", "TEXT", "hello")["resultCode"], "0");
    let poll = format!(
        "{}?receiverId={}&channel=WEB",
        visitor.url("poll"),
        visitor.user_id()
    );
    assert_ne!(visitor.call(client().get(poll))["resultCode"], "0");
}

#[test]
fn sessions_expire_on_request() {
    let (_serve, gateway) = serve();
    let visitor = Visitor::with_agent(&gateway);
    let expire = client().post(format!("{gateway}/desk/expire-sessions"));
    assert_eq!(expire.send().expect("an answer").status().as_u16(), 204);
    assert_eq!(visitor.send("CHAT", "TEXT", "hello")["resultCode"], "401");
}

#[test]
fn samples_cannot_run_scripts() {
    let (_serve, gateway) = serve();
    for (name, media_type) in [
        ("photo.jpg", "image/jpeg"),
        ("IMG_0042.mov", "video/quicktime"),
        ("IMG_2041.jpg", "image/jpeg"),
        ("receipt.png", "image/png"),
        ("offer.pdf", "application/pdf"),
    ] {
        let response = get(format!("{gateway}/samples/{name}"));
        assert_eq!(response.headers()["content-type"], media_type, "{name}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let policy = response.headers()["content-security-policy"].to_str();
        assert!(policy.expect("text").ends_with("sandbox"), "{name}");
    }
    let unknown = get(format!("{gateway}/samples/other.jpg"));
    assert_eq!(unknown.status().as_u16(), 404);
}
