//! Credentials for a node.

use std::path::PathBuf;

use hashlake_core::env::Secret;
use reqwest::RequestBuilder;

use super::error::NodeError;

/// Credentials for a node.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    Password {
        user: String,
        password: Secret,
    },
    /// The file in which bitcoind writes a new `user:password` at each start.
    CookieFile(PathBuf),
}

impl Auth {
    /// The request, with the credentials in a header.
    pub(super) fn add_to(&self, request: RequestBuilder) -> Result<RequestBuilder, NodeError> {
        match self {
            Self::None => Ok(request),
            Self::Password { user, password } => {
                Ok(request.basic_auth(user, Some(password.expose())))
            }
            Self::CookieFile(path) => {
                let unreadable = |reason: String| NodeError::Cookie {
                    path: path.display().to_string(),
                    reason,
                };
                let cookie =
                    std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
                let (user, password) = cookie
                    .trim()
                    .split_once(':')
                    .ok_or_else(|| unreadable("it has no `user:password`".to_owned()))?;
                Ok(request.basic_auth(user, Some(password)))
            }
        }
    }
}
