//! The upstream of a row and the gateway's settings for it.

use ccmessaging_sandbox::{FaultPlan, RotationPolicy, Sandbox};
use gateway_tests::{
    Authority, ClosedPort, Request, Script, ScriptedUpstream, http_answer, stored,
};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::table::{Counted, ROTATED_TOKEN, Row, Scanner, Trust, Upstream};

/// The upstream of a row.
pub(crate) struct Stage {
    pub(crate) place: Place,
    /// The host and port.
    pub(crate) address: String,
    /// A closed port instead of the token service or the scanner.
    _nobody: Option<ClosedPort>,
    _scanner: Option<ScriptedUpstream>,
    /// The settings for this upstream.
    settings: Vec<(&'static str, String)>,
}

/// Where the gateway sends uploads.
pub(crate) enum Place {
    Nobody(ClosedPort),
    NoSuchName,
    FullQueue(FullQueue),
    Sandbox(Sandbox),
    Scripted(ScriptedUpstream),
    Redirecting {
        upstream: ScriptedUpstream,
        target: ScriptedUpstream,
    },
}

impl Stage {
    pub(crate) async fn set(row: &Row, counted: Counted, authority: &Authority) -> Self {
        let mut settings = Vec::new();
        let mut nobody = None;
        let place = match &row.upstream {
            Upstream::Nobody => Place::Nobody(ClosedPort::reserve()),
            Upstream::NoSuchName => Place::NoSuchName,
            Upstream::FullQueue => Place::FullQueue(FullQueue::new().await),
            Upstream::Sandbox(plan) => Place::Sandbox(sandbox(plan.clone()).await),
            Upstream::SandboxWithoutTokenService => {
                let port = nobody.insert(ClosedPort::reserve());
                settings.push(("TOKEN_BASE_URL", port.uri()));
                Place::Sandbox(sandbox(FaultPlan::default()).await)
            }
            Upstream::Raw(script) | Upstream::NoTls(script) => {
                Place::Scripted(ScriptedUpstream::start(script.clone()).await)
            }
            Upstream::Tls(certificate, trust, script) => {
                if *trust == Trust::Given {
                    settings.push(("UPSTREAM_CA_FILE", authority.file()));
                }
                let acceptor = authority.acceptor(*certificate);
                Place::Scripted(ScriptedUpstream::start_tls(script.clone(), acceptor).await)
            }
            Upstream::Redirect(status) => redirecting(*status).await,
        };
        let is_tls = matches!(row.upstream, Upstream::Tls(..) | Upstream::NoTls(_));
        let url = place.url(is_tls);
        let (_, address) = url.split_once("://").expect("a URL");
        let address = address.to_owned();
        settings.push(("UPSTREAM_BASE_URL", url));
        if let (Place::Sandbox(sandbox), Counted::TokenCalls) = (&place, counted) {
            settings.extend([
                ("APP_KEY", sandbox.app_key().to_owned()),
                ("APP_SECRET", sandbox.app_secret().to_owned()),
            ]);
        }
        if counted == Counted::Messages {
            settings.push(("CHAT_CALLS", "send".to_owned()));
        }
        let scanner = match &row.scanner {
            None => None,
            Some(Scanner::Nobody) => {
                let port = nobody.insert(ClosedPort::reserve());
                settings.push(("SCAN_CLAMD", format!("tcp://{}", port.address())));
                None
            }
            Some(Scanner::Scripted(script)) => {
                let scanner = ScriptedUpstream::start(script.clone()).await;
                settings.push(("SCAN_CLAMD", scanner.clamd()));
                Some(scanner)
            }
        };
        Self {
            place,
            address,
            _nobody: nobody,
            _scanner: scanner,
            settings,
        }
    }

    pub(crate) fn settings<'a>(&'a self, row: &'a Row) -> Vec<(&'a str, &'a str)> {
        let own = self.settings.iter();
        let own = own.map(|(name, value)| (*name, value.as_str()));
        own.chain(row.settings.iter().copied()).collect()
    }

    /// Returns the upload or message. Either the caller or the gateway has the sandbox's credentials.
    pub(crate) fn request(&self, counted: Counted, file: &[u8]) -> Request {
        if counted == Counted::Messages {
            return message();
        }
        let request = Request::upload("txt", file);
        match (&self.place, counted) {
            (Place::Sandbox(sandbox), Counted::Uploads) => request.admitted_by(sandbox),
            (Place::Sandbox(sandbox), Counted::TokenCalls) => {
                request.with("ccmessaging-token", &sandbox.issue_session_token())
            }
            _ => request,
        }
    }
}

/// Returns a message to the contact centre.
fn message() -> Request {
    let message = json!({
        "channel": "WEB", "controlType": "CHAT", "from": "visitor-1", "to": "channel-1",
        "mediaType": "TEXT", "sourceType": "CUSTOMER", "content": "hello",
    });
    Request::json(&message).path("/apiaccess/ccmessaging/send")
}

impl Place {
    fn url(&self, is_tls: bool) -> String {
        match self {
            Self::Nobody(port) => port.uri(),
            // Longer than a valid label (RFC 1035 section 2.3.4), so that no name server is queried.
            Self::NoSuchName => format!("http://{}.invalid", "a".repeat(64)),
            Self::FullQueue(queue) => queue.url.clone(),
            Self::Sandbox(sandbox) => sandbox.base_url(),
            Self::Scripted(upstream) if is_tls => upstream.tls_uri(),
            Self::Scripted(upstream) | Self::Redirecting { upstream, .. } => upstream.uri(),
        }
    }
}

async fn sandbox(plan: FaultPlan) -> Sandbox {
    Sandbox::builder()
        .rotate_session_token(RotationPolicy::every_call())
        .faults(plan)
        .start()
        .await
        .expect("the sandbox starts")
}

async fn redirecting(status: u16) -> Place {
    let target = ScriptedUpstream::start(Script::storing()).await;
    let lines = format!(
        "Location: {}/\r\nccmessaging-token: {ROTATED_TOKEN}\r\n",
        target.uri()
    );
    let redirect = Script::answering(http_answer(status, &lines, stored()));
    let upstream = ScriptedUpstream::start(redirect).await;
    Place::Redirecting { upstream, target }
}

/// A listener with a full backlog, so that the kernel completes no more connections.
pub(crate) struct FullQueue {
    url: String,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl FullQueue {
    async fn new() -> Self {
        /// Far longer than connecting on the loopback interface takes.
        const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);
        let socket = TcpSocket::new_v4().expect("a socket");
        let any_port = "127.0.0.1:0".parse().expect("an address");
        socket.bind(any_port).expect("a free port");
        let listener = socket.listen(1).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let mut waiting = Vec::new();
        while let Ok(stream) = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await {
            waiting.push(stream.expect("a connection"));
            assert!(waiting.len() < 64, "the queue does not fill");
        }
        Self {
            url: format!("http://{address}"),
            _listener: listener,
            _waiting: waiting,
        }
    }
}
