//! Single and batched JSON-RPC calls. `bitcoincore_rpc` blocks, so calls run on blocking threads.

use std::sync::Arc;

use bitcoincore_rpc::jsonrpc::client::Client;
use bitcoincore_rpc::jsonrpc::{self, Response};
use reqwest::Url;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{NodeError, classify_error};
use super::transport::HttpTransport;

pub(super) struct RpcClient {
    client: Arc<bitcoincore_rpc::Client>,
    url: Url,
}

impl RpcClient {
    /// `url` is shown in errors.
    pub(super) fn new(transport: HttpTransport, url: Url) -> Self {
        let client = bitcoincore_rpc::Client::from_jsonrpc(Client::with_transport(transport));
        Self {
            client: Arc::new(client),
            url,
        }
    }

    /// Calls a method that has no parameters.
    pub(super) async fn call<T: DeserializeOwned + Send + 'static>(
        &self,
        method: &'static str,
    ) -> Result<T, NodeError> {
        let client = self.client.clone();
        let url = self.url.to_string();
        blocking(move || {
            client
                .get_jsonrpc_client()
                .call(method, Some(&jsonrpc::arg::<[(); 0]>([])))
                .map_err(|error| classify_error(method, &url, error))
        })
        .await
    }

    /// Results in the order of `params`; each call can fail alone.
    pub(super) async fn call_batch<T: DeserializeOwned + Send + 'static>(
        &self,
        method: &'static str,
        params: Vec<impl Serialize + Send + 'static>,
    ) -> Result<Vec<Result<T, NodeError>>, NodeError> {
        let client = self.client.clone();
        let url = self.url.to_string();
        blocking(move || {
            let client = client.get_jsonrpc_client();
            let params: Vec<_> = params.into_iter().map(jsonrpc::arg).collect();
            let requests: Vec<_> = params
                .iter()
                .map(|params| client.build_request(method, Some(params)))
                .collect();
            let replies = client
                .send_batch(&requests)
                .map_err(|error| classify_error(method, &url, error))?;
            let missing = || NodeError::Malformed {
                method,
                reason: "the batch has no reply to one of the calls".to_owned(),
            };
            let parse = |reply: Option<Response>| {
                reply
                    .ok_or_else(missing)?
                    .result()
                    .map_err(|error| classify_error(method, &url, error))
            };
            Ok(replies.into_iter().map(parse).collect())
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("calls to the node do not panic, and the runtime outlives them")
}
