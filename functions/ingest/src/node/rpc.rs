//! Calls of a node, single and in batches, on blocking threads.

use bitcoincore_rpc::jsonrpc::{self, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Node;
use super::error::{NodeError, decide};

impl Node {
    pub(super) async fn call_one<T: DeserializeOwned + Send + 'static>(
        &self,
        method: &'static str,
    ) -> Result<T, NodeError> {
        let rpc = self.rpc.clone();
        let url = self.url.to_string();
        blocking(move || {
            rpc.get_jsonrpc_client()
                .call(method, Some(&jsonrpc::arg::<[(); 0]>([])))
                .map_err(|error| decide(method, &url, error))
        })
        .await
    }

    /// Answers in the order of `params`; each call can fail alone.
    pub(super) async fn call_batch<T: DeserializeOwned + Send + 'static>(
        &self,
        method: &'static str,
        params: Vec<impl Serialize + Send + 'static>,
    ) -> Result<Vec<Result<T, NodeError>>, NodeError> {
        let rpc = self.rpc.clone();
        let url = self.url.to_string();
        blocking(move || {
            let client = rpc.get_jsonrpc_client();
            let params: Vec<_> = params.into_iter().map(jsonrpc::arg).collect();
            let requests: Vec<_> = params
                .iter()
                .map(|params| client.build_request(method, Some(params)))
                .collect();
            let answers = client
                .send_batch(&requests)
                .map_err(|error| decide(method, &url, error))?;
            let missing = || NodeError::Malformed {
                method,
                reason: "an answer is missing".to_owned(),
            };
            let parse = |answer: Option<Response>| {
                answer
                    .ok_or_else(missing)?
                    .result()
                    .map_err(|error| decide(method, &url, error))
            };
            Ok(answers.into_iter().map(parse).collect())
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("calls to the node do not panic, and the runtime outlives them")
}
