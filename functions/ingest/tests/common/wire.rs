//! S3, DynamoDB, a node and a price source on one port of loopback, and faults in the bytes of their
//! answers.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::config::timeout::TimeoutConfig;
use aws_sdk_ssm::config::{Credentials, Region};
use bytes::Bytes;
use hashlake_core::cursor::dynamodb::DynamoDbCursor;
use hashlake_core::lake::s3::S3Lake;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// The services, and their state.
pub(crate) struct Wire {
    pub(crate) url: String,
    seed: u64,
    /// One in this number of requests gets a fault.
    one_in: u64,
    is_faulty: AtomicBool,
    requests: AtomicU64,
    faults: Mutex<Vec<String>>,
    /// Host and port of the node and the price source.
    upstream: Mutex<String>,
    objects: Mutex<BTreeMap<String, Bytes>>,
    item: Mutex<BTreeMap<String, Value>>,
}

/// A request as bytes.
struct Request {
    method: String,
    path: String,
    head: String,
    body: Bytes,
}

/// Which service a request is for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Service {
    S3,
    DynamoDb,
    Node,
    Prices,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The connection is reset before the service receives the request.
    ResetBefore,
    /// It is reset after the request had its effect, before the answer.
    ResetAfter,
    /// It is reset in the middle of the answer.
    ResetMidBody,
    /// The answer stops in the middle for a while, and then continues.
    Pause,
    /// The answer stops in the middle, until the client gives up.
    Stall,
    /// The answer is cut, and its length is that of the rest.
    Truncated,
    /// The service answers with this status, without an effect.
    Status(u16),
    /// The request has its effect, but the answer is 500.
    LostAnswer,
    /// A web page.
    Html,
    /// A body that is not what the client expects.
    Absurd(usize),
    /// An error that only AWS sends.
    Aws(u16, &'static str),
    /// The answer has another ETag than the object.
    OtherTag,
}

const ABSURD: [&str; 7] = [
    "",
    "null",
    "[]",
    "{\"result\":{\"height\":-1,\"blocks\":1e400},\"id\":0}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "{\"prices\":[[0,-1],[1e300,1e300],[null,null]]}",
    "\u{feff}<?xml version=\"1.0\"?><a>&#0;</a>",
];

/// Mixes two numbers (the finalizer of SplitMix64).
pub(crate) const fn mix(seed: u64, value: u64) -> u64 {
    let mut bits = seed.wrapping_add(value.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

impl Request {
    fn service(&self) -> Service {
        if self.header("x-amz-target").is_some() {
            Service::DynamoDb
        } else if self.path.starts_with("/lake") {
            Service::S3
        } else if self.path.starts_with("/api/") {
            Service::Prices
        } else {
            Service::Node
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// Reads a request; `None` if the client closed the connection.
    async fn read(client: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let head_len = loop {
            if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
            if client.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8(bytes[..head_len].to_vec()).ok()?;
        let mut words = head.split(' ');
        let mut request = Self {
            method: words.next()?.to_owned(),
            path: words.next()?.to_owned(),
            head: head.clone(),
            body: Bytes::new(),
        };
        assert!(request.header("transfer-encoding").is_none(), "{head}");
        let len: usize = request
            .header("content-length")
            .map_or(Some(0), |len| len.parse().ok())?;
        while bytes.len() < head_len + len {
            if client.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        request.body = Bytes::from(bytes).slice(head_len..);
        Some(request)
    }
}

impl Service {
    /// The fault for these dice.
    fn fault(self, dice: u64, method: &str) -> Fault {
        let common = [
            Fault::ResetBefore,
            Fault::ResetAfter,
            Fault::ResetMidBody,
            Fault::Pause,
            Fault::Truncated,
            Fault::Status(429),
            Fault::Status(500),
            Fault::Status(503),
            Fault::LostAnswer,
            Fault::Html,
            Fault::Absurd(pick(mix(dice, 3), ABSURD.len())),
        ];
        let own: &[Fault] = match (self, method) {
            (Self::S3, "PUT") => &[
                Fault::Stall,
                Fault::Aws(503, "SlowDown"),
                Fault::Aws(400, "ExpiredToken"),
                Fault::Aws(409, "ConditionalRequestConflict"),
                Fault::Aws(412, "PreconditionFailed"),
                Fault::OtherTag,
            ],
            (Self::S3, _) => &[
                Fault::Stall,
                Fault::Aws(503, "SlowDown"),
                Fault::Aws(400, "ExpiredToken"),
                Fault::OtherTag,
            ],
            (Self::DynamoDb, _) => &[
                Fault::Stall,
                Fault::Aws(400, "ThrottlingException"),
                Fault::Aws(400, "ProvisionedThroughputExceededException"),
                Fault::Aws(400, "ExpiredTokenException"),
                Fault::Aws(500, "InternalServerError"),
            ],
            (Self::Node | Self::Prices, _) => &[Fault::Status(401), Fault::Status(404)],
        };
        let all: Vec<Fault> = common.iter().chain(own).copied().collect();
        all[pick(dice, all.len())]
    }
}

fn pick(dice: u64, count: usize) -> usize {
    usize::try_from(dice % count as u64).expect("small")
}

impl Wire {
    /// Starts the services. Node and prices are those of the server at `upstream`.
    pub(crate) async fn start(seed: u64, upstream: &str) -> Arc<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let wire = Arc::new(Self {
            url: format!("http://{}", listener.local_addr().expect("bound")),
            seed,
            one_in: [4, 12, 30][pick(mix(seed, 1), 3)],
            is_faulty: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            faults: Mutex::default(),
            upstream: Mutex::default(),
            objects: Mutex::default(),
            item: Mutex::default(),
        });
        wire.set_upstream(upstream);
        let server = wire.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move {
                    if let Some(request) = Request::read(&mut client).await {
                        server.answer(&mut client, &request).await;
                    }
                });
            }
        });
        wire
    }

    /// From now on, node and prices are those of the server at this URL.
    pub(crate) fn set_upstream(&self, url: &str) {
        let host = url.trim_start_matches("http://").to_owned();
        *self.upstream.lock().expect("no panic") = host;
    }

    /// Whether requests get faults from now on.
    pub(crate) fn set_faulty(&self, is_faulty: bool) {
        self.is_faulty.store(is_faulty, Ordering::Relaxed);
    }

    /// The requests that got a fault so far.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.faults.lock().expect("no panic").clone()
    }

    /// New clients, as a new process has them. While there are faults, they do not wait long for an
    /// answer.
    pub(crate) async fn clients(&self) -> (S3Lake, DynamoDbCursor) {
        let wait_ms = match self.is_faulty.load(Ordering::Relaxed) {
            true => 700,
            false => 60_000,
        };
        let time_outs = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_millis(wait_ms))
            .build();
        let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
        let config = hashlake_core::aws::defaults()
            .endpoint_url(&self.url)
            .region(Region::new("us-east-1"))
            .retry_config(retries)
            .timeout_config(time_outs)
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .load()
            .await;
        let lake = S3Lake::new(&config, "lake", "");
        (lake, DynamoDbCursor::new(&config, "cursor"))
    }

    async fn answer(&self, client: &mut TcpStream, request: &Request) {
        let service = request.service();
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let dice = mix(self.seed, number);
        let fault = (self.is_faulty.load(Ordering::Relaxed) && dice.is_multiple_of(self.one_in))
            .then(|| service.fault(mix(dice, 2), &request.method));
        if let Some(fault) = fault {
            let line = format!(
                "{number} {service:?} {} {}: {fault:?}",
                request.method, request.path
            );
            self.faults.lock().expect("no panic").push(line);
        }
        let instead = match fault {
            Some(Fault::ResetBefore) => return reset(client),
            Some(Fault::Status(status)) => Some(response(status, "text/plain", "a fault")),
            Some(Fault::Html) => {
                let page = "<!DOCTYPE html><html><body>Please sign in</body></html>";
                Some(response(200, "text/html", page))
            }
            Some(Fault::Absurd(at)) => Some(response(200, "application/json", ABSURD[at])),
            Some(Fault::Aws(status, code)) => Some(aws_error(service, status, code)),
            _ => None,
        };
        let answer = match instead {
            Some(answer) => answer,
            None => self.reply(service, request).await,
        };
        let head_len = answer
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .map_or(answer.len(), |at| at + 4);
        let middle = head_len + (answer.len() - head_len) / 2;
        let sent = match fault {
            Some(Fault::ResetAfter) => Ok(()),
            Some(Fault::ResetMidBody) => client.write_all(&answer[..middle]).await,
            Some(Fault::Pause | Fault::Stall) => {
                let sent = client.write_all(&answer[..middle]).await;
                sleep(match fault {
                    Some(Fault::Pause) => Duration::from_millis(200),
                    _ => Duration::from_secs(3),
                })
                .await;
                match sent {
                    Ok(()) => client.write_all(&answer[middle..]).await,
                    error => error,
                }
            }
            Some(Fault::Truncated) => {
                let head = String::from_utf8_lossy(&answer[..head_len]);
                let head = with_length(&head, middle - head_len);
                let cut = [head.as_bytes(), &answer[head_len..middle]].concat();
                client.write_all(&cut).await
            }
            Some(Fault::LostAnswer) => {
                let lost = response(500, "text/plain", "the answer was lost");
                client.write_all(&lost).await
            }
            Some(Fault::OtherTag) => {
                let text =
                    String::from_utf8_lossy(&answer[..head_len]).replace("etag: \"", "etag: \"f");
                client
                    .write_all(&[text.as_bytes(), &answer[head_len..]].concat())
                    .await
            }
            _ => client.write_all(&answer).await,
        };
        match fault {
            Some(Fault::ResetAfter | Fault::ResetMidBody) => reset(client),
            // The client may have closed the connection, for example because it died.
            _ if sent.is_ok() => drop(client.shutdown().await),
            _ => {}
        }
    }

    async fn reply(&self, service: Service, request: &Request) -> Vec<u8> {
        match service {
            Service::S3 => self.s3(request),
            Service::DynamoDb => self.dynamo_db(request),
            Service::Node | Service::Prices => {
                let upstream = self.upstream.lock().expect("no panic").clone();
                let mut server = TcpStream::connect(upstream).await.expect("it listens");
                let head: String = request
                    .head
                    .split_inclusive("\r\n")
                    .filter(|line| {
                        !line.to_ascii_lowercase().starts_with("connection:") && *line != "\r\n"
                    })
                    .collect();
                let head = format!("{head}connection: close\r\n\r\n");
                let sent = [head.as_bytes(), &request.body].concat();
                server.write_all(&sent).await.expect("it reads");
                let mut answer = Vec::new();
                server.read_to_end(&mut answer).await.expect("it answers");
                answer
            }
        }
    }

    fn s3(&self, request: &Request) -> Vec<u8> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let decoded = |text: &str| text.replace("%2F", "/").replace("%3D", "=");
        let key = decoded(path.trim_start_matches("/lake").trim_start_matches('/'));
        let mut objects = self.objects.lock().expect("no panic");
        let tag = |body: &Bytes| {
            let mut hasher = DefaultHasher::new();
            body.hash(&mut hasher);
            format!("{:032x}", hasher.finish())
        };
        if query.contains("list-type") {
            let prefix = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("prefix="));
            let prefix = decoded(prefix.unwrap_or_default());
            let found = objects.iter().filter(|(key, _)| key.starts_with(&prefix));
            let contents: String = found
                .map(|(key, body)| {
                    format!(
                        "<Contents><Key>{key}</Key><ETag>&quot;{}&quot;</ETag><Size>{}</Size></Contents>",
                        tag(body),
                        body.len()
                    )
                })
                .collect();
            let list = format!("<ListBucketResult>{contents}</ListBucketResult>");
            return response(200, "application/xml", list);
        }
        let stored = objects.get(&key).cloned();
        if request.method == "PUT" {
            let is_met = match (request.header("if-match"), &stored) {
                (Some(expected), Some(stored)) => expected.trim_matches('"') == tag(stored),
                (Some(_), None) => false,
                (None, stored) => stored.is_none(),
            };
            if !is_met {
                return aws_error(Service::S3, 412, "PreconditionFailed");
            }
            objects.insert(key, request.body.clone());
            return tagged(200, &tag(&request.body), b"", 0);
        }
        let Some(stored) = stored else {
            return aws_error(Service::S3, 404, "NoSuchKey");
        };
        let tag = tag(&stored);
        if request.method == "HEAD" {
            return tagged(200, &tag, b"", stored.len());
        }
        let suffix = request
            .header("range")
            .and_then(|range| range.strip_prefix("bytes=-")?.parse().ok());
        match suffix {
            None => tagged(200, &tag, &stored, stored.len()),
            Some(len) => {
                let tail = stored.slice(stored.len() - stored.len().min(len)..);
                tagged(206, &tag, &tail, tail.len())
            }
        }
    }

    /// Answers to the calls of the cursor: its three updates are recognised by what they set.
    fn dynamo_db(&self, request: &Request) -> Vec<u8> {
        let json = |value: Value| response(200, "application/x-amz-json-1.0", value.to_string());
        let call: Value = serde_json::from_slice(&request.body).expect("JSON");
        let mut item = self.item.lock().expect("no panic");
        if request.header("x-amz-target") == Some("DynamoDB_20120810.GetItem") {
            return json(match item.is_empty() {
                true => json!({}),
                false => json!({ "Item": *item }),
            });
        }
        let values = &call["ExpressionAttributeValues"];
        let update = call["UpdateExpression"].as_str().expect("an update");
        let before = item.clone();
        let number = |value: Option<&Value>| -> Option<i64> { value?["N"].as_str()?.parse().ok() };
        let is_met = if update.starts_with("SET lease_owner") {
            let until = number(item.get("lease_until_ms"));
            let is_over = until.is_none_or(|until| Some(until) <= number(values.get(":now")));
            is_over || item.get("lease_owner") == values.get(":owner")
        } else {
            item.get("lease_owner") == values.get(":owner")
                && item.get("height") == values.get(":old_height")
                && item.get("hash") == values.get(":old_hash")
        };
        if !is_met {
            let error = json!({
                "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "message": "The conditional request failed",
                "Item": before,
            });
            return response(400, "application/x-amz-json-1.0", error.to_string());
        }
        let (set, remove) = update.split_once("REMOVE").unwrap_or((update, ""));
        let set = set
            .trim_start_matches("SET")
            .replace("if_not_exists(version, :version)", ":version");
        for pair in set.split(',') {
            if let Some((name, value)) = pair.split_once('=') {
                let name = name.trim().trim_start_matches('#').to_owned();
                item.insert(name, values[value.trim()].clone());
            }
        }
        for name in remove.split(',') {
            item.remove(name.trim());
        }
        json(
            match call["ReturnValues"] == "ALL_OLD" && !before.is_empty() {
                true => json!({ "Attributes": before }),
                false => json!({}),
            },
        )
    }
}

/// Closes a connection so that the client sees a reset.
fn reset(client: &mut TcpStream) {
    drop(client.set_zero_linger());
}

fn response(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let len = body.len();
    let head = format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: {content_type}\r\ncontent-length: {len}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// An answer with the ETag of an object; that to HEAD has a length, but no body.
fn tagged(status: u16, tag: &str, body: &[u8], len: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} Status\r\netag: \"{tag}\"\r\ncontent-length: {len}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn aws_error(service: Service, status: u16, code: &str) -> Vec<u8> {
    if service == Service::DynamoDb {
        let error = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": "a fault" });
        return response(status, "application/x-amz-json-1.0", error.to_string());
    }
    let error = format!("<Error><Code>{code}</Code><Message>a fault</Message></Error>");
    response(status, "application/xml", error)
}

/// The head of an answer with another length.
fn with_length(head: &str, len: usize) -> String {
    head.split_inclusive("\r\n")
        .map(
            |line| match line.to_ascii_lowercase().starts_with("content-length:") {
                true => format!("content-length: {len}\r\n"),
                false => line.to_owned(),
            },
        )
        .collect()
}
