//! The upstream of a row, and the settings by which the gateway finds it.

use ccmessaging_sandbox::{FaultPlan, RotationPolicy, Sandbox};
use gateway_tests::{Authority, ClosedPort, RawUpstream, Script};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::table::{Counted, ROTATED_TOKEN, Row, Trust, Upstream};

/// A row's upstream while it is played.
pub(super) struct Stage {
    pub(super) place: Place,
    /// Where the token service is not.
    _no_token_service: Option<ClosedPort>,
    /// The settings that the place needs.
    settings: Vec<(&'static str, String)>,
    /// Host and port.
    address: String,
    session_token: String,
    access_token: String,
    app_key: String,
}

/// Where the gateway sends uploads.
pub(super) enum Place {
    Nobody(ClosedPort),
    NoSuchName,
    FullQueue(FullQueue),
    Sandbox(Sandbox),
    Raw(RawUpstream),
    Redirecting {
        upstream: RawUpstream,
        target: RawUpstream,
    },
}

impl Stage {
    pub(super) async fn set(row: &Row, counted: Counted, authority: &Authority) -> Self {
        let mut settings = Vec::new();
        let mut scheme = "http";
        let mut no_token_service = None;
        let place = match &row.upstream {
            Upstream::Nobody => Place::Nobody(ClosedPort::reserve()),
            Upstream::NoSuchName => Place::NoSuchName,
            Upstream::FullQueue => Place::FullQueue(FullQueue::new().await),
            Upstream::Sandbox(plan) => Place::Sandbox(sandbox(plan.clone()).await),
            Upstream::SandboxWithoutTokenService => {
                let nobody = no_token_service.insert(ClosedPort::reserve());
                settings.push(("TOKEN_BASE_URL", nobody.uri()));
                Place::Sandbox(sandbox(FaultPlan::default()).await)
            }
            Upstream::Raw(script) => Place::Raw(RawUpstream::start(script.clone(), None).await),
            Upstream::NoTls(script) => {
                scheme = "https";
                Place::Raw(RawUpstream::start(script.clone(), None).await)
            }
            Upstream::Tls(certificate, trust, script) => {
                scheme = "https";
                if *trust == Trust::Given {
                    settings.push(("UPSTREAM_CA_FILE", authority.file()));
                }
                let acceptor = authority.acceptor(*certificate);
                Place::Raw(RawUpstream::start(script.clone(), Some(acceptor)).await)
            }
            Upstream::Redirect(status) => redirecting(*status).await,
        };
        let address = place.address(scheme);
        settings.push(("UPSTREAM_BASE_URL", format!("{scheme}://{address}")));
        let mut stage = Self {
            place,
            _no_token_service: no_token_service,
            settings,
            address,
            session_token: "session-token-of-the-test".to_owned(),
            access_token: "Bearer access-token-of-the-test".to_owned(),
            app_key: "app-key-of-the-test".to_owned(),
        };
        stage.give_credentials(counted);
        stage
    }

    /// The sandbox's own credentials go to the caller, or to the gateway.
    fn give_credentials(&mut self, counted: Counted) {
        let Place::Sandbox(sandbox) = &self.place else {
            return;
        };
        self.session_token = sandbox.issue_session_token();
        match counted {
            Counted::Uploads => {
                self.access_token = format!("Bearer {}", sandbox.issue_access_token());
                sandbox.app_key().clone_into(&mut self.app_key);
            }
            Counted::TokenCalls => self.settings.extend([
                ("APP_KEY", sandbox.app_key().to_owned()),
                ("APP_SECRET", sandbox.app_secret().to_owned()),
            ]),
        }
    }

    pub(super) fn settings<'a>(&'a self, row: &'a Row) -> Vec<(&'a str, &'a str)> {
        let own = self.settings.iter();
        let own = own.map(|(name, value)| (*name, value.as_str()));
        own.chain(row.settings.iter().copied()).collect()
    }

    /// The headers of the upload.
    pub(super) fn credentials(&self) -> [(&str, &str); 3] {
        [
            ("ccmessaging-token", &self.session_token),
            ("x-app-key", &self.app_key),
            ("authorization", &self.access_token),
        ]
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl Place {
    fn address(&self, scheme: &str) -> String {
        match self {
            Self::Nobody(port) => port.address(),
            // Longer than a label can be (RFC 1035 section 2.3.4), so that no name server is asked.
            Self::NoSuchName => format!("{}.invalid", "a".repeat(64)),
            Self::FullQueue(queue) => queue.address.clone(),
            Self::Sandbox(sandbox) => sandbox.address().to_string(),
            // A certificate is for a name.
            Self::Raw(upstream) if scheme == "https" => {
                format!("localhost:{}", upstream.address().port())
            }
            Self::Raw(upstream) | Self::Redirecting { upstream, .. } => {
                upstream.address().to_string()
            }
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
    let stored = r#"{"returnCode":"0","objectKey":"k"}"#;
    let length = stored.len();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{stored}");
    let target = RawUpstream::start(Script::answering(answer), None).await;
    let location = target.address();
    let redirect = format!(
        "HTTP/1.1 {status} -\r\nLocation: http://{location}/\r\nccmessaging-token: {ROTATED_TOKEN}\r\n\
         Content-Length: {length}\r\n\r\n{stored}"
    );
    let upstream = RawUpstream::start(Script::answering(redirect), None).await;
    Place::Redirecting { upstream, target }
}

/// A listener that accepts nothing and whose queue is full, so that the system answers no more
/// connections for it.
pub(super) struct FullQueue {
    address: String,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl FullQueue {
    async fn new() -> Self {
        /// Far longer than a connection on the loopback interface takes if it is answered at all.
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
            address: address.to_string(),
            _listener: listener,
            _waiting: waiting,
        }
    }
}
