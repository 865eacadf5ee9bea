//! Clients that take what they can get from `hashlake run`, while a reader asks for small answers.
//!
//! The server may open 1,024 files. By default there are few clients, for a few seconds. `make load`
//! has 10,000 idle and 1,000 slow ones, asks for answers for `SECONDS=60` each time, and also checks
//! how long the reader waits.

#![expect(clippy::print_stdout, reason = "`--nocapture` shows the figures")]

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hashlake_core::timestamp::Timestamp;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, JoinSet};

use crate::common::{Resources, Run, exclusive_turn, shared_turn};

const STATUS: &str = "/api/v1/status";
const SUMMARY: &str = "/api/v1/summary";

/// The reader asks this often.
const PAUSE: Duration = Duration::from_millis(50);

/// The reader gives up after this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Memory that the server may use, whatever clients do.
const MEMORY_MAX_KB: u64 = 150_000_000 / 1024;

/// Open files that the server may use. It may open 1,024.
const FILES_MAX: usize = 400;

/// Of a hundred answers to the reader, 99 must take less than this.
const READER_MAX: Duration = Duration::from_millis(100);

/// How many clients there are, and for how long they ask.
struct Scale {
    idle: usize,
    slow: usize,
    deaf: usize,
    time: Duration,
    is_timed: bool,
}

/// From `HASHLAKE_LOAD_SECONDS`.
fn scale() -> Scale {
    let secs = std::env::var("HASHLAKE_LOAD_SECONDS").ok();
    match secs.and_then(|secs| secs.parse().ok()) {
        None => Scale {
            idle: 600,
            slow: 300,
            deaf: 300,
            time: Duration::from_secs(2),
            is_timed: false,
        },
        Some(secs) => Scale {
            idle: 10_000,
            slow: 1_000,
            deaf: 1_000,
            time: Duration::from_secs_f64(secs),
            is_timed: true,
        },
    }
}

/// What a request was answered with.
struct Reply {
    status: u16,
    body: Vec<u8>,
}

fn request(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n{headers}\r\n")
}

async fn connect(to: SocketAddr, bytes: &[u8]) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(to).await?;
    stream.write_all(bytes).await?;
    Ok(stream)
}

/// Asks once, over a new connection.
async fn ask(to: SocketAddr, path: &str) -> io::Result<Reply> {
    let request = request(path, "Connection: close\r\n");
    let mut stream = connect(to, request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let head = head.ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = String::from_utf8_lossy(&bytes[..head.min(12)]).into_owned();
    Ok(Reply {
        status: status[9..].parse().map_err(io::Error::other)?,
        body: bytes.split_off(head + 4),
    })
}

async fn json(to: SocketAddr, path: &str) -> Value {
    let reply = ask(to, path).await.expect("the server answers");
    serde_json::from_slice(&reply.body).expect("JSON")
}

/// Time of the last ingest, as `/status` shows it.
async fn last_ingest(to: SocketAddr) -> Value {
    json(to, STATUS).await["last_ingest"].clone()
}

/// Asks for small answers until it is stopped, each over a new connection.
struct Reader {
    is_stopped: Arc<AtomicBool>,
    task: JoinHandle<Times>,
}

#[derive(Default)]
struct Times {
    answered: Vec<Duration>,
    failed: Vec<String>,
}

impl Reader {
    fn start(to: SocketAddr) -> Self {
        let is_stopped = Arc::new(AtomicBool::default());
        let until = is_stopped.clone();
        let task = tokio::spawn(async move {
            let mut times = Times::default();
            for path in [STATUS, SUMMARY].into_iter().cycle() {
                if until.load(Ordering::Relaxed) {
                    break;
                }
                let start = Instant::now();
                match tokio::time::timeout(PATIENCE, ask(to, path)).await {
                    Ok(Ok(reply)) if reply.status == 200 => times.answered.push(start.elapsed()),
                    Ok(Ok(reply)) => times.failed.push(format!("{path}: {}", reply.status)),
                    Ok(Err(error)) => times.failed.push(format!("{path}: {error}")),
                    Err(_) => times.failed.push(format!("{path}: no answer")),
                }
                tokio::time::sleep(PAUSE).await;
            }
            times
        });
        Self { is_stopped, task }
    }

    async fn stop(self) -> Times {
        self.is_stopped.store(true, Ordering::Relaxed);
        let mut times = self.task.await.expect("it does not panic");
        times.answered.sort_unstable();
        times
    }
}

impl Times {
    fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.answered.len() * percent).div_ceil(100);
        self.answered[rank.saturating_sub(1)]
    }
}

/// Numbers of answers by their status, and of requests without an answer by the reason.
type Counts = BTreeMap<String, u64>;

/// Clients that ask for `path` again and again over connections that they keep.
async fn ask_for(
    to: SocketAddr,
    path: &str,
    headers: &str,
    clients: usize,
    time: Duration,
) -> Counts {
    let request = Arc::new(request(path, headers));
    let end = Instant::now() + time;
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let request = request.clone();
        tasks.spawn(async move {
            let mut counts = Counts::default();
            let mut open = None;
            while Instant::now() < end {
                let stream = match open.take() {
                    Some(stream) => Ok(stream),
                    None => TcpStream::connect(to).await,
                };
                let result = match ask_again(stream, &request).await {
                    Ok((stream, status)) => {
                        open = Some(stream);
                        status.to_string()
                    }
                    Err(error) => error.to_string(),
                };
                *counts.entry(result).or_default() += 1;
            }
            counts
        });
    }
    let mut all = Counts::default();
    for counts in tasks.join_all().await {
        for (result, count) in counts {
            *all.entry(result).or_default() += count;
        }
    }
    all
}

/// Asks once, and reads the answer up to its end. Returns its status, and the open connection.
async fn ask_again(stream: io::Result<TcpStream>, request: &str) -> io::Result<(TcpStream, u16)> {
    let mut stream = stream?;
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 65_536];
    let mut head = Vec::new();
    let (end, body_start) = loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&buffer[..read]);
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            break (end, end + 4);
        }
    };
    let text = String::from_utf8_lossy(&head[..end]).to_ascii_lowercase();
    let status = text[9..12].parse().map_err(io::Error::other)?;
    let length = text.split_once("content-length: ").and_then(|(_, rest)| {
        let digits = rest.split("\r\n").next()?;
        digits.parse::<usize>().ok()
    });
    if let Some(length) = length {
        let mut left = length - (head.len() - body_start);
        while left > 0 {
            let read = stream.read(&mut buffer).await?;
            left = left
                .checked_sub(read)
                .filter(|_| read > 0)
                .ok_or(io::ErrorKind::UnexpectedEof)?;
        }
        return Ok((stream, status));
    }
    // A compressed body is chunked: it ends with an empty chunk.
    let mut tail = head.split_off(head.len().saturating_sub(5).max(body_start));
    while !tail.ends_with(b"0\r\n\r\n") {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        tail.extend_from_slice(&buffer[..read]);
        tail.drain(..tail.len().saturating_sub(5));
    }
    Ok((stream, status))
}

/// A server under load, and what it may take.
struct Load {
    run: Run,
    to: SocketAddr,
    scale: Scale,
}

impl Load {
    /// Runs `clients` while a reader asks, and until ingest has run again. Prints what the reader saw and
    /// what the server took.
    async fn measure<T>(&self, name: String, clients: impl Future<Output = T>) -> T {
        let before = last_ingest(self.to).await;
        let reader = Reader::start(self.to);
        let of_clients = clients.await;
        while last_ingest(self.to).await == before {
            tokio::time::sleep(PAUSE).await;
        }
        let Resources {
            memory_kb,
            peak_kb,
            open_files,
        } = self.run.resources();
        let times = reader.stop().await;

        let ms = |percent| times.percentile(percent).as_secs_f64() * 1e3;
        println!(
            "{name}\n    reader: {} answers, {} failures, p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms; memory {} kB, at most {} kB so far; {} open files",
            times.answered.len(),
            times.failed.len(),
            ms(50),
            ms(99),
            ms(100),
            memory_kb,
            peak_kb,
            open_files,
        );
        assert_eq!(times.failed, Vec::<String>::new(), "{name}");
        assert!(peak_kb < MEMORY_MAX_KB, "{name}: {peak_kb} kB");
        assert!(open_files < FILES_MAX, "{name}: {open_files} files");
        if self.scale.is_timed {
            assert!(
                times.percentile(99) < READER_MAX,
                "{name}: {:?}",
                times.percentile(99)
            );
        }
        of_clients
    }

    /// Connections that have sent these bytes.
    async fn open(&self, count: usize, bytes: &[u8]) -> Vec<TcpStream> {
        let mut streams = Vec::new();
        for _ in 0..count {
            // The server may reset a connection before all bytes are sent.
            streams.extend(connect(self.to, bytes).await.ok());
        }
        streams
    }

    /// The path of the largest answer: 66 days of blocks, with four miner models.
    async fn largest(&self) -> String {
        let tip = json(self.to, STATUS).await["tip"]["time"].clone();
        let tip = chrono::DateTime::parse_from_rfc3339(tip.as_str().expect("a time"));
        let tip = Timestamp::from_secs(tip.expect("RFC 3339").timestamp()).expect("a date");
        let from = tip - Duration::from_hours(66 * 24);
        format!(
            "/api/v1/revenue?interval=block&from={from}&asics=antminer-s19-pro-110,antminer-s19j-pro-100,antminer-s21-pro-234,antminer-s21-xp-270"
        )
    }
}

/// Sends a byte of a head to each connection every second, as long as the server keeps them.
async fn trickle(streams: &mut Vec<TcpStream>, time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end && !streams.is_empty() {
        let mut open = Vec::new();
        for mut stream in streams.drain(..) {
            if stream.write_all(b"a").await.is_ok() {
                open.push(stream);
            }
        }
        *streams = open;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_all_kinds_leave_the_server_its_memory_its_readers_and_its_ingest() {
    let scale = scale();
    let (_shared, _exclusive) = match scale.is_timed {
        true => (None, Some(exclusive_turn().await)),
        false => (Some(shared_turn().await), None),
    };
    let lake = tempfile::tempdir().expect("a folder");
    let run = Run::start_with_1024_files(lake.path());
    let to = run
        .page
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    run.wait_for_block_above(924_777).await;
    let load = Load { run, to, scale };
    let scale = &load.scale;
    let largest = load.largest().await;
    let size = ask(to, &largest).await.expect("it answers").body.len();
    println!("the largest answer has {size} bytes");
    assert!(size > 4_000_000, "{size}");

    load.measure("no other client".to_owned(), tokio::time::sleep(scale.time))
        .await;
    let asked = load.measure(
        format!("50 clients ask for the summary for {:?}", scale.time),
        ask_for(to, SUMMARY, "", 50, scale.time),
    );
    println!("    {:?}", asked.await);
    let asked = load.measure(
        format!("50 clients ask for the largest answer for {:?}", scale.time),
        ask_for(to, &largest, "", 50, scale.time),
    );
    println!("    {:?}", asked.await);
    let asked = load.measure(
        format!(
            "50 clients ask for the largest answer, compressed, for {:?}",
            scale.time
        ),
        ask_for(to, &largest, "Accept-Encoding: gzip\r\n", 50, scale.time),
    );
    println!("    {:?}", asked.await);
    let of_largest = request(&largest, "");
    let deaf = load.measure(
        format!(
            "{} clients ask for the largest answer and do not read it",
            scale.deaf
        ),
        load.open(scale.deaf, of_largest.as_bytes()),
    );
    drop(deaf.await);
    let idle = load.measure(
        format!("{} idle connections", scale.idle),
        load.open(scale.idle, b""),
    );
    drop(idle.await);
    let slow = load.measure(
        format!("{} clients send a byte of a head every second", scale.slow),
        async {
            let mut streams = load.open(scale.slow, b"GET / HTTP/1.1\r\nHost: ").await;
            trickle(&mut streams, scale.time).await;
            streams
        },
    );
    drop(slow.await);
    let body = b"POST /api/v1/status HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n";
    let slow = load.measure(
        format!("{} clients send a byte of a body every second", scale.slow),
        async {
            let mut streams = load.open(scale.slow, body).await;
            trickle(&mut streams, scale.time).await;
            streams
        },
    );
    drop(slow.await);
}

/// Requests that are not valid, or too long.
fn invalid_requests() -> Vec<Vec<u8>> {
    let close = "Connection: close\r\n";
    let many = |text: &str, count: usize| text.repeat(count);
    let mut requests: Vec<Vec<u8>> = [
        request(&format!("/{}", many("a", 100_000)), close),
        request("/", &format!("a: {}\r\n", many("b", 1_000_000))),
        request("/", &many("a: b\r\n", 2_000)),
        request("/", "Content-Length: -1\r\n"),
        request("/", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        request(STATUS, "Transfer-Encoding: chunked\r\n") + "zzz\r\n",
        "GET / HTTP/9.9\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        format!("POST {STATUS} HTTP/1.1\r\nHost: a\r\n{close}Expect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n"),
        format!("CONNECT example.org:443 HTTP/1.1\r\nHost: a\r\n{close}\r\n"),
    ]
    .map(String::into_bytes)
    .into();
    let queries = [
        format!("revenue?asics={}", many("custom:1:1,", 1_000)),
        format!("series?fields={}", many("height,", 1_500)),
        format!("series?{}", many("from=0&", 1_500)),
        format!("strike?asics={}", many("%00", 4_000)),
        format!("blocks/{}", many("f", 10_000)),
        "series?from=99999999999999999999".to_owned(),
        "series?from=9999-12-31T23:59:59Z&to=0".to_owned(),
        "blocks?limit=4294967296".to_owned(),
        "blocks?from_height=-1".to_owned(),
        "revenue?pool_fee=NaN".to_owned(),
        "revenue?power_price=1e999".to_owned(),
        "revenue?asics=custom:0:0".to_owned(),
        "revenue?asics=custom:1e308:1e-308".to_owned(),
        "revenue?asics=%ff".to_owned(),
        "..%2f..%2f..%2fetc%2fpasswd".to_owned(),
        "../../../../../../etc/passwd".to_owned(),
    ];
    let queries = queries
        .iter()
        .map(|query| request(&format!("/api/v1/{query}"), close));
    requests.extend(queries.map(String::into_bytes));
    requests.push(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec()); // TLS
    requests.push(vec![0; 100_000]);
    requests
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_invalid_or_too_long_are_refused_and_the_next_one_is_answered() {
    let _turn = shared_turn().await;
    let lake = tempfile::tempdir().expect("a folder");
    let run = Run::start_with_1024_files(lake.path());
    let to = run
        .page
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    run.wait_for_block_above(909_578).await;

    for request in invalid_requests() {
        let shown = String::from_utf8_lossy(&request[..request.len().min(100)]).into_owned();
        let mut answer = Vec::new();
        // The server may close the connection before it has read all of a long request.
        if let Ok(mut stream) = connect(to, &request).await {
            drop(stream.read_to_end(&mut answer).await);
        }
        let answer = String::from_utf8_lossy(&answer);
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        // A body of a GET request is ignored.
        let is_ignored = shown.contains("chunked") && answer.starts_with("HTTP/1.1 200");
        assert!(is_refused || is_ignored, "{shown}: {answer:.300}");
        assert!(!answer.contains("root:"), "{shown}: {answer:.300}");
        assert_eq!(
            ask(to, STATUS).await.map(|reply| reply.status).ok(),
            Some(200),
            "{shown}"
        );
    }
    let Resources { peak_kb, .. } = run.resources();
    assert!(peak_kb < MEMORY_MAX_KB, "{peak_kb} kB");
}
