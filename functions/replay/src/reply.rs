//! HTTP responses with JSON bodies.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::node::rpc::RpcReply;

pub(crate) fn rpc(reply: RpcReply) -> Response {
    with_body(reply.status, reply.body)
}

pub(crate) fn json(status: u16, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).expect("every reply can be written as JSON");
    with_body(status, body)
}

fn with_body(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
