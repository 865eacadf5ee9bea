//! JSON-RPC over HTTP as in Bitcoin Core 25 to 27, for single calls and batches: from the body of a
//! request to the status and body of its response.

use serde::Serialize;
use serde_json::Value;

use crate::node::error::{INVALID_REQUEST, PARSE_ERROR, RpcError};

#[derive(Debug)]
pub(crate) struct RpcReply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

#[derive(Serialize)]
struct CallReply<'a, T> {
    result: Option<T>,
    error: Option<RpcError>,
    id: &'a Value,
}

/// Replies to the request in `body`. `call` runs one method with its parameters.
pub(crate) fn reply<T: Serialize>(
    body: &[u8],
    call: impl Fn(&str, &Value) -> Result<T, RpcError>,
) -> RpcReply {
    let mut out = Vec::new();
    let status = match serde_json::from_slice(body) {
        Ok(Value::Array(requests)) => {
            out.push(b'[');
            for (index, request) in requests.iter().enumerate() {
                if 0 < index {
                    out.push(b',');
                }
                write_reply(&mut out, id_of(request), run(request, &call));
            }
            out.push(b']');
            200
        }
        Ok(request @ Value::Object(_)) => {
            write_reply(&mut out, id_of(&request), run(&request, &call))
        }
        Ok(_) => {
            let error = RpcError::new(PARSE_ERROR, "Top-level object parse error");
            write_reply::<T>(&mut out, &Value::Null, Err(error))
        }
        Err(_) => {
            let error = RpcError::new(PARSE_ERROR, "Parse error");
            write_reply::<T>(&mut out, &Value::Null, Err(error))
        }
    };
    RpcReply { status, body: out }
}

fn run<T>(
    request: &Value,
    call: impl Fn(&str, &Value) -> Result<T, RpcError>,
) -> Result<T, RpcError> {
    let Value::Object(request) = request else {
        return Err(RpcError::new(INVALID_REQUEST, "Invalid Request object"));
    };
    match request.get("method") {
        Some(Value::String(method)) => call(method, request.get("params").unwrap_or(&Value::Null)),
        None | Some(Value::Null) => Err(RpcError::new(INVALID_REQUEST, "Missing method")),
        Some(_) => Err(RpcError::new(INVALID_REQUEST, "Method must be a string")),
    }
}

fn id_of(request: &Value) -> &Value {
    request.get("id").unwrap_or(&Value::Null)
}

/// Appends the reply to one call to `out` and returns its HTTP status.
fn write_reply<T: Serialize>(out: &mut Vec<u8>, id: &Value, outcome: Result<T, RpcError>) -> u16 {
    let status = outcome.as_ref().map_or_else(RpcError::status, |_| 200);
    let (result, error) = match outcome {
        Ok(result) => (Some(result), None),
        Err(error) => (None, Some(error)),
    };
    serde_json::to_writer(out, &CallReply { result, error, id })
        .expect("writing to a vector cannot fail, and all keys are strings");
    status
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::node::error::{INVALID_PARAMETER, METHOD_NOT_FOUND};

    /// HTTP status and body of the reply to a request. The node has two methods, `echo` and `fail`.
    fn post(request: &Value) -> (u16, Value) {
        let body = serde_json::to_vec(request).unwrap();
        let reply = reply(&body, |method, params| match method {
            "echo" => Ok(params.clone()),
            "fail" => Err(RpcError::new(INVALID_PARAMETER, "it fails")),
            _ => Err(RpcError::new(METHOD_NOT_FOUND, "Method not found")),
        });
        (reply.status, serde_json::from_slice(&reply.body).unwrap())
    }

    #[test]
    fn error_of_a_single_call_sets_the_http_status() {
        assert_eq!(post(&json!({ "method": "echo" })).0, 200);
        assert_eq!(post(&json!({ "method": "fail" })).0, 500);
        assert_eq!(post(&json!({ "method": "getblock" })).0, 404);
        assert_eq!(post(&json!({ "id": 1 })).0, 400);
        assert_eq!(post(&json!({ "method": 1 })).0, 400);
        assert_eq!(post(&json!(7)).0, 500);
    }

    #[test]
    fn text_that_is_not_json_is_a_parse_error() {
        let reply = reply(b"{", |_, _| -> Result<(), _> { panic!("there is no call") });

        assert_eq!(reply.status, 500);
        assert_eq!(
            reply.body,
            br#"{"result":null,"error":{"code":-32700,"message":"Parse error"},"id":null}"#
        );
    }

    #[test]
    fn ids_come_back_unchanged() {
        for id in [
            json!(7),
            json!("seven"),
            json!(null),
            json!([1, { "a": 2 }]),
        ] {
            let (_, body) = post(&json!({ "method": "echo", "params": [5], "id": id }));
            assert_eq!(body, json!({ "result": [5], "error": null, "id": id }));
        }
    }

    #[test]
    fn failed_call_of_a_batch_does_not_affect_the_others() {
        let (status, body) = post(&json!([
            { "id": 0, "method": "echo", "params": [0] },
            { "id": 1, "method": "fail", "params": [1] },
            { "id": 2, "method": "echo", "params": [2] },
            7,
        ]));

        let expected = json!([
            { "id": 0, "result": [0], "error": null },
            { "id": 1, "result": null, "error": { "code": -8, "message": "it fails" } },
            { "id": 2, "result": [2], "error": null },
            { "id": null, "result": null, "error": { "code": -32_600, "message": "Invalid Request object" } },
        ]);
        assert_eq!((status, body), (200, expected));
    }

    #[test]
    fn empty_batch_gets_an_empty_reply() {
        assert_eq!(post(&json!([])), (200, json!([])));
    }
}
