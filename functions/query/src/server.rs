//! The server of `hashlake run`. It limits the memory and the open files that clients can use, so
//! that no client can keep others waiting.

use std::collections::VecDeque;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_io_timeout::TimeoutStream;

/// Limits for the clients of a server.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Maximum number of open connections.
    connections: usize,
    /// Time in which the head of a request must arrive, from the end of the previous answer.
    head: Duration,
    /// Time in which a client must read some bytes of an answer.
    stall: Duration,
}

const LIMITS: Limits = Limits {
    connections: 256,
    head: Duration::from_secs(40), // The page polls every ten seconds, and a browser reuses connections.
    stall: Duration::from_secs(20),
};

/// Maximum length of the head of a request. A link of the page has a few hundred bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Serves connections until the future is dropped. If too many are open, the oldest is closed for a
/// new one.
pub async fn serve(listener: TcpListener, router: Router) {
    serve_within(LIMITS, listener, router).await;
}

async fn serve_within(limits: Limits, mut listener: TcpListener, router: Router) {
    let mut tasks = JoinSet::new();
    let mut open: VecDeque<AbortHandle> = VecDeque::new(); // The oldest first.
    loop {
        let (stream, _) = Listener::accept(&mut listener).await;
        while tasks.try_join_next().is_some() {}
        open.retain(|task| !task.is_finished());
        if open.len() >= limits.connections
            && let Some(oldest) = open.pop_front()
        {
            oldest.abort();
        }
        open.push_back(tasks.spawn(serve_connection(limits, stream, router.clone())));
    }
}

async fn serve_connection(limits: Limits, stream: TcpStream, router: Router) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            TowerToHyperService::new(router),
        );
    // An error is the client's fault: it did not send HTTP, was too slow, or closed the connection.
    drop(connection.await);
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::net::SocketAddr;
    use std::sync::Arc;

    use axum::body::Body;
    use axum::routing::get;
    use futures_util::stream;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Notify;

    use super::*;

    const PATIENT: Limits = Limits {
        connections: 4,
        head: Duration::from_secs(3600),
        stall: Duration::from_secs(3600),
    };

    async fn start(limits: Limits, router: Router) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(serve_within(limits, listener, router));
        address
    }

    fn hello() -> Router {
        Router::new().route("/", get(async || "hello"))
    }

    /// A connection that has sent these bytes.
    async fn connect(to: SocketAddr, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(to).await.expect("it listens");
        stream.write_all(bytes.as_bytes()).await.expect("sent");
        stream
    }

    /// Reads until the server closes the connection.
    async fn rest(mut stream: TcpStream) -> String {
        let mut bytes = Vec::new();
        // A reset closes the connection, too.
        let _ = stream.read_to_end(&mut bytes).await;
        String::from_utf8(bytes).expect("text")
    }

    #[tokio::test]
    async fn a_client_that_does_not_complete_a_request_is_disconnected() {
        let limits = Limits {
            head: Duration::from_millis(50),
            ..PATIENT
        };
        let server = start(limits, hello()).await;

        for sent in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
            assert!(!rest(connect(server, sent).await).await.contains("hello"));
        }
        let idle = connect(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(rest(idle).await.ends_with("hello"));
    }

    #[tokio::test]
    async fn beyond_the_limit_the_oldest_connection_is_closed_and_the_new_one_is_served() {
        let server = start(PATIENT, hello()).await;
        let mut silent = VecDeque::new();
        for _ in 0..20 {
            silent.push_back(connect(server, "").await);
        }

        let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let answer = rest(connect(server, request).await).await;

        assert!(answer.ends_with("hello"), "{answer}");
        for oldest in silent.drain(..17) {
            assert_eq!(rest(oldest).await, "");
        }
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_its_answer_is_disconnected() {
        struct NotifyOnDrop(Arc<Notify>);
        impl Drop for NotifyOnDrop {
            fn drop(&mut self) {
                self.0.notify_one();
            }
        }
        let dropped = Arc::new(Notify::new());
        let notified = dropped.clone();
        let endless = get(async move || {
            let body = NotifyOnDrop(notified);
            Body::from_stream(stream::repeat_with(move || {
                let _ = &body;
                Ok::<_, Infallible>(vec![0_u8; 65_536])
            }))
        });
        let limits = Limits {
            stall: Duration::from_millis(50),
            ..PATIENT
        };
        let server = start(limits, Router::new().route("/", endless)).await;

        let stream = connect(server, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;

        dropped.notified().await; // The client still has the connection open.
        drop(stream);
    }

    #[tokio::test]
    async fn a_head_that_is_too_long_is_refused() {
        let server = start(PATIENT, hello()).await;

        let long = format!("GET /?{} HTTP/1.1\r\n", "a".repeat(2 * MAX_HEAD_BYTES));
        let answer = rest(connect(server, &long).await).await;

        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}
