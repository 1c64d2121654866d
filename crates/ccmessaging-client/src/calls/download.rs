//! The call `downloadFileStream` (contract section 4), which proves that an upload landed.

use std::fmt;

use bytes::Bytes;
use ccmessaging_core::{CanonicalBase64, Content as _};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::transport::{Call, parse_object};
use crate::{AnswerProblem, CallError, Client, Credentials, Deadline};

const PATH: &str = "/apiaccess/ccmessaging/downloadFileStream";

/// Room for the answer's JSON around the file's Base64.
const ANSWER_FRAME_BYTES: usize = 4096;

/// What a download brought.
#[derive(Clone)]
pub struct Download {
    /// The file; `None` where the upstream does not hand it out.
    pub file: Option<Vec<u8>>,
    /// The session token that takes the place of the one that was sent, if the answer carried one.
    pub session_token: Option<HeaderValue>,
}

impl fmt::Debug for Download {
    /// Prints the size only: the file is a customer's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("len", &self.file.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Downloads a file that was uploaded in the same session.
    ///
    /// `max_bytes` bounds the file; an answer with a larger one is refused.
    ///
    /// # Errors
    ///
    /// No answer, or none in the documented JSON.
    pub async fn download(
        &self,
        credentials: &Credentials,
        object_key: &str,
        file_type: &str,
        max_bytes: usize,
        deadline: Deadline,
    ) -> Result<Download, CallError> {
        let body = json!({
            "fileId": format!("local/{object_key}"),
            "channel": "WEB",
            "fileType": file_type,
        });
        let call = Call {
            uri: self.base_url.join(PATH),
            headers: credentials.headers(&HeaderMap::new()),
            body: Bytes::from(body.to_string()).into(),
            max_answer_bytes: max_bytes
                .div_ceil(3)
                .saturating_mul(4)
                .saturating_add(ANSWER_FRAME_BYTES),
        };
        let answer = self.transport.send(call, deadline).await?;
        let undocumented = CallError::Undocumented {
            status: answer.status,
            problem: AnswerProblem::NotDocumented,
        };
        let Some(mut object) = parse_object(&answer.body?) else {
            return Err(undocumented);
        };
        let session_token = answer.session_token;
        let Some(Value::String(text)) = object.remove("fileStream") else {
            return Ok(Download {
                file: None,
                session_token,
            });
        };
        let Ok(file) = CanonicalBase64::from_text(text) else {
            return Err(undocumented);
        };
        let mut bytes = vec![0; file.len()];
        file.read_at(0, &mut bytes);
        Ok(Download {
            file: Some(bytes),
            session_token,
        })
    }
}
