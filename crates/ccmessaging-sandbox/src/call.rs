//! The calls, as names.

use std::fmt;

/// One of the calls that the sandbox answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `POST /apigovernance/api/oauth/tokenByAkSk`: an `AccessToken` for an app key and secret.
    TokenByAkSk,
    /// `POST /apiaccess/ccmessaging/applyToken`: a `ccmessaging-token` for a user.
    ApplyToken,
    /// `POST /apiaccess/ccmessaging/uploadFileStream`: an object key for a file.
    UploadFileStream,
    /// `POST /apiaccess/ccmessaging/downloadFileStream`: the file for an object key.
    DownloadFileStream,
}

impl Call {
    /// Every call, in the order in which a client first makes them.
    pub const ALL: [Self; 4] = [
        Self::TokenByAkSk,
        Self::ApplyToken,
        Self::UploadFileStream,
        Self::DownloadFileStream,
    ];

    /// The call's path, with the leading slash.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "/apigovernance/api/oauth/tokenByAkSk",
            Self::ApplyToken => "/apiaccess/ccmessaging/applyToken",
            Self::UploadFileStream => "/apiaccess/ccmessaging/uploadFileStream",
            Self::DownloadFileStream => "/apiaccess/ccmessaging/downloadFileStream",
        }
    }

    /// The name of the call in the documentation: the last part of its path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "tokenByAkSk",
            Self::ApplyToken => "applyToken",
            Self::UploadFileStream => "uploadFileStream",
            Self::DownloadFileStream => "downloadFileStream",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
