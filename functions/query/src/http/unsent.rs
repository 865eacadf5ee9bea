//! Limits the memory of large answers that are not sent yet. The answer to a client that reads
//! slowly, or not at all, stays in memory.

use axum::body::{Body, to_bytes};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::yield_now;

use crate::http::problem::Problem;
use crate::points::turn::Turn;

/// The limit, in KiB.
pub(crate) static UNSENT_KIB: Semaphore = Semaphore::const_new(32 * 1024);

/// Smaller answers are not counted, because the server limits the number of connections.
const LARGE_KIB: u32 = 64;

/// Bytes that free their part of the memory when they are dropped.
struct Unsent {
    bytes: Bytes,
    _permit: SemaphorePermit<'static>,
}

impl AsRef<[u8]> for Unsent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Takes memory for an answer from `memory` (in KiB) until the answer is sent or dropped.
///
/// # Errors
/// 503 if answers that are not sent yet leave too little of it.
pub(crate) fn reserve_memory(bytes: Bytes, memory: &'static Semaphore) -> Result<Bytes, Problem> {
    let kib = u32::try_from(bytes.len() / 1024).unwrap_or(u32::MAX);
    if kib < LARGE_KIB {
        return Ok(bytes);
    }
    let Ok(_permit) = memory.try_acquire_many(kib) else {
        return Err(Problem::unavailable(
            "too many large answers are being sent; try again, or request a shorter time range",
        ));
    };
    Ok(Bytes::from_owner(Unsent { bytes, _permit }))
}

/// Compresses the whole answer of a [`Turn`] if it will be compressed, takes memory for it, and
/// ends the turn.
pub(crate) async fn end_turn(mut response: Response) -> Response {
    let Some(turn) = response.extensions_mut().remove::<Turn>() else {
        return response;
    };
    yield_now().await; // New requests come before the compression.
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await;
    let bytes = reserve_memory(bytes.expect("it is in memory"), &UNSENT_KIB);
    drop(turn);
    match bytes {
        Ok(bytes) => Response::from_parts(head, Body::from(bytes)),
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
    use hyper::body::Body as _;
    use lambda_http::tower::ServiceExt;

    use super::*;
    use crate::fixture::World;

    #[tokio::test]
    async fn an_answer_that_is_not_read_does_not_keep_its_turn() {
        let app = World::with_blocks(2000).await.router();
        let ask = async |encoding: &str| {
            // 2,000 points with 3 x 6 values.
            let request = Request::get("/api/v1/revenue?interval=block&from=0");
            let request = request
                .header(ACCEPT_ENCODING, encoding)
                .body(Body::empty());
            let answer = app.clone().oneshot(request.expect("a request")).await;
            answer.expect("a router always responds")
        };

        let unread = ask("gzip").await;
        let read = ask("identity").await;

        assert_eq!(unread.headers()[CONTENT_ENCODING], "gzip");
        let length = |answer: &Response| answer.body().size_hint().exact().expect("it is complete");
        let (compressed, plain) = (length(&unread), length(&read));
        assert!(
            4 * 64 * 1024 < plain && compressed < plain / 2,
            "{compressed} {plain}"
        );
        let body = to_bytes(read.into_body(), usize::MAX)
            .await
            .expect("a body");
        assert_eq!(body.len() as u64, plain);
    }

    #[test]
    fn the_memory_of_large_unsent_answers_is_limited_and_small_answers_are_not_counted() {
        static MEMORY_KIB: Semaphore = Semaphore::const_new(100);
        let reserve = |kib: usize| reserve_memory(vec![b'a'; kib * 1024].into(), &MEMORY_KIB);

        let unsent = reserve(80).expect("there is memory");
        let part = unsent.slice(..1);
        drop(unsent);
        let refused = reserve(80).expect_err("most of the memory is in use");
        let small = reserve(63).expect("it is not counted");
        drop(part);

        assert!(refused.detail().contains("try again"));
        assert_eq!(small.len(), 63 * 1024);
        assert_eq!(
            reserve(80).expect("there is memory again"),
            vec![b'a'; 80 * 1024]
        );
    }
}
