//! A caller that uploads one file after the other.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ccmessaging_sandbox::Sandbox;
use futures_util::stream;
use gateway_tests::{Answer, Request, http_client};
use tokio::time::{sleep, timeout};

use crate::files::Files;
use crate::uploads::{Format, Kind, Outcome, Upload};

/// The longest pause between two pieces of a slow upload.
const PAUSE: Duration = Duration::from_millis(80);

/// How long the sender of a [`Kind::HungUp`] waits at most.
const STAY: Duration = Duration::from_millis(20);

/// The number of pieces of a body.
const PIECES: usize = 5;

/// When the clients stop.
pub(crate) struct Course {
    end: Instant,
    left: AtomicUsize,
    longest_pause: Duration,
}

impl Course {
    pub(crate) fn new(end: Instant, most_uploads: usize, longest_pause: Duration) -> Self {
        Self {
            end,
            left: AtomicUsize::new(most_uploads),
            longest_pause,
        }
    }

    fn goes_on(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        let ordering = Ordering::Relaxed;
        Instant::now() < self.end && self.left.fetch_update(ordering, ordering, less).is_ok()
    }
}

/// A caller with its session.
pub(crate) struct Client<'a> {
    number: usize,
    random: fastrand::Rng,
    sandbox: &'a Sandbox,
    gateway: String,
    course: Arc<Course>,
    http: reqwest::Client,
    files: Files,
    session_token: String,
    /// The caller's access token; without one the gateway adds its own.
    access_token: Option<String>,
    uploads: Vec<Upload>,
}

impl<'a> Client<'a> {
    /// Every other client sends its own credentials.
    pub(crate) fn new(
        number: usize,
        seed: u64,
        sandbox: &'a Sandbox,
        gateway: &str,
        course: Arc<Course>,
    ) -> Self {
        let salt = u64::try_from(number).expect("few clients");
        Self {
            number,
            random: fastrand::Rng::with_seed(seed.wrapping_mul(1_000).wrapping_add(salt)),
            sandbox,
            gateway: gateway.to_owned(),
            course,
            http: http_client(),
            files: Files::read(),
            session_token: sandbox.issue_session_token(),
            access_token: number
                .is_multiple_of(2)
                .then(|| sandbox.issue_access_token()),
            uploads: Vec::new(),
        }
    }

    /// Uploads until the run is over.
    pub(crate) async fn run(mut self) -> Vec<Upload> {
        while self.course.goes_on() {
            self.upload().await;
            let pause = self.random_part_of(self.course.longest_pause);
            sleep(pause).await;
        }
        self.uploads
    }

    async fn upload(&mut self) {
        let kind = Kind::by_chance(&mut self.random);
        let format = Format::by_chance(&mut self.random);
        let mark = format!("client {} upload {}", self.number, self.uploads.len());
        let file = kind.file(&self.files, &mut self.random, &mark);
        let outcome = self.send(kind, format.request(&file)).await;
        if let Outcome::Answered(answer) = &outcome {
            self.learn(answer);
        }
        let upload = Upload::new(kind, format, &file, outcome);
        self.uploads.push(upload);
    }

    async fn send(&mut self, kind: Kind, request: Request) -> Outcome {
        let mut request = request.of_a_page(&self.session_token);
        if let Some(access_token) = &self.access_token {
            request = request
                .with("x-app-key", self.sandbox.app_key())
                .with("authorization", &format!("Bearer {access_token}"));
        }
        let body = match kind {
            Kind::Slow => self.slow(&request.body),
            Kind::CutOff => cut_off(&request.body),
            _ => request.body.clone().into(),
        };
        let stay = self.random_part_of(STAY);
        let answer = request.try_send(&self.http, &self.gateway, body);
        let answer = if kind == Kind::HungUp {
            match timeout(stay, answer).await {
                Ok(answer) => answer,
                Err(_) => return Outcome::LeftByClient,
            }
        } else {
            answer.await
        };
        match answer {
            Ok(answer) => Outcome::Answered(answer),
            Err(_) if kind == Kind::CutOff => Outcome::LeftByClient,
            Err(error) => Outcome::Unanswered(format!("{error:?}")),
        }
    }

    /// Uses replaced tokens, and gets new ones after a rejection.
    fn learn(&mut self, answer: &Answer) {
        if let Some(token) = answer.header("ccmessaging-token") {
            token.clone_into(&mut self.session_token);
        }
        match answer.status {
            401 => self.session_token = self.sandbox.issue_session_token(),
            403 if self.access_token.is_some() => {
                self.access_token = Some(self.sandbox.issue_access_token());
            }
            _ => {}
        }
    }

    fn slow(&mut self, body: &[u8]) -> reqwest::Body {
        let pieces: Vec<_> = pieces(body)
            .map(|piece| (piece, self.random_part_of(PAUSE)))
            .collect();
        reqwest::Body::wrap_stream(stream::unfold(pieces.into_iter(), async |mut pieces| {
            let (piece, pause) = pieces.next()?;
            sleep(pause).await;
            Some((Ok::<_, Infallible>(piece), pieces))
        }))
    }

    fn random_part_of(&mut self, time: Duration) -> Duration {
        time.mul_f64(self.random.f64())
    }
}

/// Sends half of the pieces and then breaks the connection.
fn cut_off(body: &[u8]) -> reqwest::Body {
    let broken = Err(io::Error::other("the sender hangs up"));
    let pieces: Vec<_> = pieces(body)
        .take(PIECES / 2)
        .map(Ok)
        .chain([broken])
        .collect();
    reqwest::Body::wrap_stream(stream::iter(pieces))
}

fn pieces(body: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    body.chunks(body.len().div_ceil(PIECES).max(1))
        .map(<[u8]>::to_vec)
}
