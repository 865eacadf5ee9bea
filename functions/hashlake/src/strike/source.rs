//! The source of the answer: the configured lake, or the API of another hashlake. The code is the
//! same for both: to read the lake, the API runs in this process, without a server.

use std::sync::Arc;

use axum::Router;
use hashlake_core::clock::now;
use hashlake_core::env::StoreUrls;
use ingest::remote_api::{ApiReply, RemoteApi};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const ROUTE: &str = "strike";

/// The lake or the API that answers.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Lake { api: Router, name: String },
    Api(RemoteApi),
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// The same request will never succeed.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Unavailable(String),
}

/// A problem document (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Source {
    /// The API of the lake, without a server.
    pub(crate) async fn lake(stores: &StoreUrls) -> Self {
        let (lake, cursor) = stores.open().await;
        let api = query::Api::new(lake, cursor, now);
        Self::Lake {
            api: query::router(Arc::new(api), None),
            name: stores.lake.to_string(),
        }
    }

    /// The answer to a request with these parameters, in the format that they select.
    pub(crate) async fn ask(&self, parameters: &[(&str, String)]) -> Result<Vec<u8>, AskError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        let reply = match self {
            Self::Lake { api, .. } => query::get(api, &format!("/api/v1/{ROUTE}?{query}"))
                .await
                .map(|(status, body)| ApiReply {
                    status,
                    body: body.into(),
                })
                .map_err(|error| error.to_string()),
            Self::Api(api) => api.get(ROUTE, &query).await,
        };
        let ApiReply { status, body } =
            reply.map_err(|reason| AskError::Unavailable(self.failed(&reason)))?;
        if status == 200 {
            return Ok(body);
        }
        let reason = match serde_json::from_slice(&body) {
            Ok(Problem { detail }) => self.failed(&detail),
            Err(_) => self.failed(&format!("it returned status {status}")),
        };
        Err(match status {
            400 | 404 => AskError::Refused(reason),
            _ => AskError::Unavailable(reason),
        })
    }

    /// The answer as JSON.
    pub(crate) async fn answer<T: DeserializeOwned>(
        &self,
        parameters: &[(&str, String)],
    ) -> Result<T, AskError> {
        let body = self.ask(parameters).await?;
        serde_json::from_slice(&body).map_err(|error| {
            AskError::Unavailable(self.failed(&format!("unexpected answer: {error}")))
        })
    }

    fn failed(&self, reason: &str) -> String {
        match self {
            Self::Lake { name, .. } => format!("cannot answer from the lake `{name}`: {reason}"),
            Self::Api(api) => format!("no answer from the API at {}: {reason}", api.address()),
        }
    }
}
