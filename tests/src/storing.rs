//! A gateway in front of an upstream that stores every file.

use serde_json::Value;
use wiremock::MockServer;

use crate::{Answer, Gateway, OBJECT_KEY, Platform, Request, received, upstream_storing};

/// A gateway and an upstream that stores every file.
#[derive(Debug)]
pub struct Storing {
    /// The gateway.
    pub gateway: Gateway,
    /// The upstream.
    pub upstream: MockServer,
}

impl Storing {
    /// Starts `program` on a platform with these settings.
    pub async fn start(program: &str, platform: Platform, settings: &[(&str, &str)]) -> Self {
        let upstream = upstream_storing().await;
        let url = upstream.uri();
        let settings = [&[("UPSTREAM_BASE_URL", url.as_str())], settings].concat();
        let gateway = Gateway::start(program, platform, &settings).await;
        Self { gateway, upstream }
    }

    /// Sends an upload that must be stored, and returns the JSON that the upstream received.
    pub async fn store(&self, request: &Request) -> Value {
        let before = received(&self.upstream).await.len();
        assert_eq!(self.gateway.send(request).await.assert_stored(), OBJECT_KEY);
        let received = received(&self.upstream).await;
        assert_eq!(received.len(), before + 1, "requests for one upload");
        received[before].body_json().expect("JSON")
    }

    /// Sends a request that must not reach the upstream.
    pub async fn refuse(&self, request: &Request) -> Answer {
        let before = received(&self.upstream).await.len();
        let answer = self.gateway.send(request).await;
        let received = received(&self.upstream).await;
        assert_eq!(received.len(), before, "{}", answer.text);
        answer
    }
}
