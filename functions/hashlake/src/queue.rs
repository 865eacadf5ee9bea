//! The SQS queue of the ingest function.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use hashlake_core::aws::{self, Call, Service};
use ingest::plan::MonthPlan;
use serde_json::{Value, json};
use thiserror::Error;

// The IAM actions that errors name.
const SEND: &str = "sqs:SendMessage";
const POLL: &str = "sqs:GetQueueAttributes";

const MESSAGES_PER_CALL: usize = 10; // The limit of SQS.

#[derive(Debug, Error)]
#[error("{action} failed on the queue {url}: {reason}")]
pub(crate) struct QueueError {
    url: String,
    action: &'static str,
    reason: String,
}

pub(crate) struct Queue {
    client: Client,
    service: Service,
    url: String,
}

impl Queue {
    pub(crate) async fn open(url: String) -> Self {
        let config = aws::config().await;
        Self {
            client: Client::new(config),
            service: Service::new("SQS", config),
            url,
        }
    }

    /// Sends a message for each month with missing blocks.
    pub(crate) async fn send(&self, months: &[MonthPlan]) -> Result<(), QueueError> {
        let entries: Vec<_> = months.iter().filter_map(message).collect();
        for entries in entries.chunks(MESSAGES_PER_CALL) {
            let sent = self
                .client
                .send_message_batch()
                .queue_url(&self.url)
                .set_entries(Some(entries.to_vec()))
                .send();
            let sent = sent.await.map_err(|error| self.error(SEND, &error))?;
            if let Some(failed) = sent.failed.first() {
                let reason = format!(
                    "{}: {} {}",
                    failed.id,
                    failed.code,
                    failed.message.as_deref().unwrap_or_default()
                );
                return Err(QueueError {
                    url: self.url.clone(),
                    action: SEND,
                    reason,
                });
            }
        }
        Ok(())
    }

    /// The approximate number of messages that are waiting or being processed, and the ARN of the
    /// dead-letter queue.
    pub(crate) async fn poll(&self) -> Result<(u32, Option<String>), QueueError> {
        use QueueAttributeName::{
            ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible, RedrivePolicy,
        };
        let names = [
            ApproximateNumberOfMessages,
            ApproximateNumberOfMessagesNotVisible,
            RedrivePolicy,
        ];
        let attributes = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .set_attribute_names(Some(names.to_vec()))
            .send();
        let attributes = attributes
            .await
            .map_err(|error| self.error(POLL, &error))?
            .attributes
            .unwrap_or_default();
        let count = |name| {
            attributes
                .get(&name)
                .and_then(|count| count.parse::<u32>().ok())
                .unwrap_or(0)
        };
        let dead_letters = attributes.get(&RedrivePolicy).and_then(|policy| {
            let policy: Value = serde_json::from_str(policy).ok()?;
            Some(policy["deadLetterTargetArn"].as_str()?.to_owned())
        });
        Ok((
            count(ApproximateNumberOfMessages) + count(ApproximateNumberOfMessagesNotVisible),
            dead_letters,
        ))
    }

    fn error<E>(&self, action: &'static str, error: &SdkError<E>) -> QueueError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let call = Call {
            action,
            resource: "the queue",
        };
        QueueError {
            url: self.url.clone(),
            action,
            reason: self.service.explain(call, error).reason,
        }
    }
}

/// A message that makes the ingest function fill the missing blocks of a month.
fn message(month: &MonthPlan) -> Option<SendMessageBatchRequestEntry> {
    let (first, last) = month.missing.first().zip(month.missing.last())?;
    let body = json!({ "backfill": { "from": first.start(), "to": last.end() } });
    let entry = SendMessageBatchRequestEntry::builder()
        .id(month.month.to_string())
        .message_body(body.to_string());
    Some(entry.build().expect("id and body are set"))
}
