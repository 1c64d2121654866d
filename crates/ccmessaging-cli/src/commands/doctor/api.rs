//! The calls of the API: the steps key, session and path.

use ccmessaging_client::{
    App, CallError, CallResponse, Client, Credentials, Deadline, SessionReply, SessionRequest,
    UploadResponse,
};
use ccmessaging_gateway::credentials;
use http::{HeaderValue, StatusCode};

use super::chat::ChatProbe;
use super::finding::Verdict;
use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::identity::SessionOptions;
use crate::remedies;

const UNREACHABLE: &str = "there is no connection";

/// The configured API, and the credentials that have been obtained so far.
pub(super) struct Api<'a> {
    deployment: &'a Deployment,
    client: &'a Client,
    app: Option<App>,
    request: Option<SessionRequest>,
    authorization: Option<HeaderValue>,
    session_token: Option<HeaderValue>,
}

impl<'a> Api<'a> {
    /// Returns the API without calling it.
    pub(super) fn new(
        deployment: &'a Deployment,
        client: &'a Client,
        options: &SessionOptions,
    ) -> Result<Self, Failure> {
        let managed = deployment.config.managed.as_ref();
        let app = managed
            .map(|managed| credentials::app(managed, client))
            .transpose()?;
        Ok(Self {
            deployment,
            app,
            client,
            request: options.request(deployment.sandbox.is_some()),
            authorization: None,
            session_token: options.token().cloned(),
        })
    }

    /// Obtains an access token, which checks the app key and its secret.
    pub(super) async fn key(&mut self, is_reachable: bool) -> Verdict {
        let Some(app) = &self.app else {
            return Verdict::Unneeded("APP_KEY is not set");
        };
        if !is_reachable {
            return Verdict::Skipped(UNREACHABLE);
        }
        match app.tokens.authorization(self.deadline()).await {
            Ok((authorization, _)) => {
                self.authorization = Some(authorization);
                Verdict::Fine("tokenByAkSk returns an access token".to_owned())
            }
            Err(error) => Verdict::wrong(error.causes(), remedies::for_token(&error)),
        }
    }

    /// Obtains a session token, which checks the channel and the rights of the app key.
    pub(super) async fn session(&mut self, is_reachable: bool) -> Verdict {
        if self.session_token.is_some() {
            return Verdict::Unneeded("a session token is given");
        }
        let (Some(app), Some(authorization)) = (&self.app, &self.authorization) else {
            return Verdict::Skipped("there is no access token");
        };
        let Some(request) = &self.request else {
            return Verdict::Skipped("--channel-id is not given");
        };
        if !is_reachable {
            return Verdict::Skipped(UNREACHABLE);
        }
        let applied = self
            .client
            .apply_token(&app.key, authorization, request, self.deadline())
            .await;
        match applied {
            Ok(SessionReply::Token(token)) => {
                self.session_token = token.to_header();
                Verdict::Fine("applyToken returns a session token".to_owned())
            }
            Ok(SessionReply::Rejected {
                status: StatusCode::NOT_FOUND,
                ..
            }) => not_there("applyToken"),
            Ok(SessionReply::Rejected {
                status,
                result_code,
                ..
            }) => Verdict::wrong(
                format!(
                    "applyToken rejects the request: status {}, result code {}",
                    status.as_u16(),
                    result_code.as_deref().unwrap_or("none")
                ),
                remedies::CHECK_CHANNEL,
            ),
            Ok(_) => Verdict::wrong(
                "applyToken returns no session token".to_owned(),
                remedies::CHECK_CHANNEL,
            ),
            Err(error) => no_response("applyToken", &error),
        }
    }

    /// Sends an upload without a file, which checks the path of uploadFileStream.
    pub(super) async fn path(&self, is_reachable: bool) -> Verdict {
        if !is_reachable {
            return Verdict::Skipped(UNREACHABLE);
        }
        let empty = HeaderValue::from_static("");
        let app_key = self.app.as_ref().map(|app| app.key.clone());
        let credentials = Credentials::new(
            self.session_token.clone().unwrap_or(empty.clone()),
            app_key.unwrap_or(empty.clone()),
            self.authorization.clone().unwrap_or(empty),
        );
        let is_complete = self.authorization.is_some() && self.session_token.is_some();
        let probed = self
            .client
            .probe_upload(&credentials, self.deadline())
            .await;
        match probed {
            Ok(response) => classify(&response, is_complete),
            Err(error) => no_response("uploadFileStream", &error),
        }
    }

    /// Checks whether the contact centre compares identifiers with the session token.
    pub(super) async fn chat(&self) -> Verdict {
        let (Some(app), Some(authorization)) = (&self.app, &self.authorization) else {
            return Verdict::Skipped("there is no access token");
        };
        let Some(request) = &self.request else {
            return Verdict::Skipped("--channel-id is not given");
        };
        let probe = ChatProbe {
            config: &self.deployment.config,
            client: self.client,
            app_key: &app.key,
            authorization,
            request,
        };
        probe.examine().await
    }

    fn deadline(&self) -> Deadline {
        Deadline::after(self.deployment.config.upstream_timeout)
    }
}

/// Interprets the response to an incomplete upload.
fn classify(response: &CallResponse<UploadResponse>, is_complete: bool) -> Verdict {
    let status = response.status;
    match (status, &response.result) {
        (StatusCode::NOT_FOUND, _) => not_there("uploadFileStream"),
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) if !is_complete => {
            Verdict::Fine(format!(
                "uploadFileStream exists and requires credentials (status {})",
                status.as_u16()
            ))
        }
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Verdict::wrong(
            format!(
                "uploadFileStream rejects the credentials (status {})",
                status.as_u16()
            ),
            remedies::CHECK_TOKEN,
        ),
        (_, UploadResponse::Stored { .. }) => Verdict::wrong(
            "uploadFileStream claims to have stored a file, but none was sent",
            "check that UPSTREAM_BASE_URL is the contact centre's",
        ),
        (_, UploadResponse::Rejected { return_code }) if !status.is_server_error() => {
            Verdict::Fine(format!(
                "uploadFileStream rejects an incomplete request, as it should (return code \
                 {return_code}); no file was stored"
            ))
        }
        _ => Verdict::wrong(
            format!("uploadFileStream responds with status {}", status.as_u16()),
            remedies::ASK_OPERATOR,
        ),
    }
}

fn no_response(call: &str, error: &CallError) -> Verdict {
    if error.status() == Some(StatusCode::NOT_FOUND) {
        not_there(call)
    } else {
        Verdict::wrong(error.causes(), remedies::for_call(error))
    }
}

fn not_there(call: &str) -> Verdict {
    Verdict::wrong(
        format!("{call} is not at the path that the base URL gives it (status 404)"),
        remedies::CHECK_PATH,
    )
}
