//! The cursor as an item of a DynamoDB table whose key is the string `id`.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::record::VERSION;
use super::{
    Cursor, CursorError, CursorState, LEASE, Lease, Position, is_plausible, warn_of_wrong_clock,
};
use crate::aws::{Call, Service};
use crate::timestamp::Timestamp;

const ID: &str = "cursor";

// The permissions that the calls need.
const GET: &str = "dynamodb:GetItem";
const UPDATE: &str = "dynamodb:UpdateItem";

type Item = HashMap<String, AttributeValue>;

/// A cursor in a DynamoDB table.
#[derive(Clone, Debug)]
pub struct DynamoDbCursor {
    client: Client,
    service: Service,
    table: String,
}

impl DynamoDbCursor {
    /// The cursor in `table`.
    pub fn new(config: &SdkConfig, table: &str) -> Self {
        Self {
            client: Client::new(config),
            service: Service::new("DynamoDB", config),
            table: table.to_owned(),
        }
    }

    fn url(&self) -> String {
        format!("dynamodb://{}", self.table)
    }

    fn error<E>(&self, action: &str, error: &SdkError<E>) -> CursorError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let resource = format!("the table {}", self.table);
        let call = Call {
            action,
            resource: &resource,
        };
        let failure = self.service.explain(call, error);
        let (cursor, reason) = (self.url(), failure.reason);
        match failure.is_temporary {
            true => CursorError::Unavailable { cursor, reason },
            false => CursorError::Refused { cursor, reason },
        }
    }

    fn update(&self) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("id", AttributeValue::S(ID.to_owned()))
    }

    /// Sends an update on condition that `lease` is still valid. If the condition does not hold,
    /// `is_done` checks whether the stored item is the result of this update: then the update was
    /// applied before, and its answer was lost.
    async fn update_owned(
        &self,
        lease: &Lease,
        update: UpdateItemFluentBuilder,
        is_done: impl Fn(&Item) -> bool,
    ) -> Result<(), CursorError> {
        let update = update.expression_attribute_values(":owner", text(&lease.owner));
        let update = match lease.position() {
            None => {
                update.condition_expression("lease_owner = :owner AND attribute_not_exists(height)")
            }
            Some(at) => update
                .condition_expression(
                    "lease_owner = :owner AND height = :old_height AND #hash = :old_hash",
                )
                .expression_attribute_names("#hash", "hash")
                .expression_attribute_values(":old_height", number(at.height))
                .expression_attribute_values(":old_hash", text(at.hash)),
        };
        let update = update
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match self.service.wait_for(update.send()).await {
            Ok(_) => Ok(()),
            Err(error) => match stored_instead(&error) {
                Some(item) if is_done(&item) => Ok(()),
                Some(_) => Err(CursorError::Lost {
                    owner: lease.owner.clone(),
                }),
                None => Err(self.error(UPDATE, &error)),
            },
        }
    }

    fn malformed(&self, reason: String) -> CursorError {
        CursorError::Malformed {
            cursor: self.url(),
            reason,
        }
    }

    fn check_version(&self, item: &Item) -> Result<(), CursorError> {
        let found = parse(item, "version").map_err(|reason| self.malformed(reason))?;
        match found.unwrap_or(VERSION) {
            ..=VERSION => Ok(()),
            found => Err(CursorError::Newer {
                cursor: self.url(),
                found,
                known: VERSION,
            }),
        }
    }

    fn state(&self, item: &Item) -> Result<CursorState, CursorError> {
        self.check_version(item)?;
        let malformed = |reason| self.malformed(reason);
        let chain = parse(item, "chain").map_err(malformed)?;
        let height = parse(item, "height").map_err(malformed)?;
        let hash = parse(item, "hash").map_err(malformed)?;
        let position = match (chain, height, hash) {
            (Some(chain), Some(height), Some(hash)) => Some(Position {
                chain,
                height,
                hash,
            }),
            (None, None, None) => None,
            _ => {
                return Err(malformed(
                    "chain, height and hash must all be set, or none of them".to_owned(),
                ));
            }
        };
        let last_run = parse(item, "last_run_ms").map_err(malformed)?;
        Ok(CursorState {
            position,
            node_height: parse(item, "node_height").map_err(malformed)?,
            last_run: last_run.and_then(Timestamp::from_ms),
        })
    }
}

fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
    item: &Item,
    name: &str,
) -> Result<Option<T>, String> {
    let Some(value) = item.get(name) else {
        return Ok(None);
    };
    let text = value
        .as_s()
        .or_else(|_| value.as_n())
        .map_err(|_| format!("`{name}` is neither a string nor a number"))?;
    text.parse()
        .map(Some)
        .map_err(|error| format!("`{name}`: {error}"))
}

/// The item that is stored, if the condition of an update did not hold.
fn stored_instead(error: &SdkError<UpdateItemError>) -> Option<Item> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(failed) => {
            Some(failed.item.clone().unwrap_or_default())
        }
        _ => None,
    }
}

fn owner_of(item: &Item) -> Option<String> {
    parse(item, "lease_owner").ok().flatten()
}

fn until_of(item: &Item) -> Option<Timestamp> {
    let until: Option<i64> = parse(item, "lease_until_ms").ok().flatten();
    until.map(|ms| Timestamp::from_ms(ms).unwrap_or(Timestamp::LAST))
}

#[async_trait]
impl Cursor for DynamoDbCursor {
    async fn read(&self) -> Result<CursorState, CursorError> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("id", text(ID))
            .consistent_read(true);
        let item = self
            .service
            .wait_for(get.send())
            .await
            .map_err(|error| self.error(GET, &error))?
            .item;
        item.map_or(Ok(CursorState::default()), |item| self.state(&item))
    }

    async fn acquire(&self, owner: &str, now: Timestamp) -> Result<Lease, CursorError> {
        let update = self
            .update()
            .update_expression("SET lease_owner = :owner, lease_until_ms = :until, version = if_not_exists(version, :version)")
            .condition_expression("(attribute_not_exists(lease_until_ms) OR lease_until_ms <= :now OR lease_until_ms > :implausible OR lease_owner = :owner) AND (attribute_not_exists(version) OR version <= :version)")
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":until", number((now + LEASE).to_ms()))
            .expression_attribute_values(":now", number(now.to_ms()))
            .expression_attribute_values(":implausible", number((now + 2 * LEASE).to_ms()))
            .expression_attribute_values(":version", number(VERSION))
            .return_values(ReturnValue::AllOld) // This update does not change the position.
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match self.service.wait_for(update.send()).await {
            Ok(answer) => {
                let before = answer.attributes.unwrap_or_default();
                if let Some(until) = until_of(&before).filter(|until| !is_plausible(*until, now)) {
                    warn_of_wrong_clock(&owner_of(&before).unwrap_or_default(), until);
                }
                Ok(Lease {
                    owner: owner.to_owned(),
                    state: self.state(&before)?,
                    lock: None,
                })
            }
            Err(error) => {
                let item = stored_instead(&error).ok_or_else(|| self.error(UPDATE, &error))?;
                self.check_version(&item)?;
                Err(CursorError::Held {
                    owner: owner_of(&item).unwrap_or_else(|| "unknown".to_owned()),
                    until: until_of(&item).map(|until| (until, until.since(now))),
                })
            }
        }
    }

    async fn advance(
        &self,
        lease: &mut Lease,
        to: Position,
        node_height: u32,
        now: Timestamp,
    ) -> Result<(), CursorError> {
        let update = self
            .update()
            .update_expression("SET chain = :chain, height = :height, #hash = :hash, node_height = :node_height, lease_until_ms = :until, version = :version")
            .expression_attribute_names("#hash", "hash")
            .expression_attribute_values(":chain", text(to.chain))
            .expression_attribute_values(":height", number(to.height))
            .expression_attribute_values(":hash", text(to.hash))
            .expression_attribute_values(":node_height", number(node_height))
            .expression_attribute_values(":until", number((now + LEASE).to_ms()))
            .expression_attribute_values(":version", number(VERSION));
        let is_done = |item: &Item| {
            let stored = self.state(item).ok().and_then(|state| state.position);
            owner_of(item).as_deref() == Some(lease.owner.as_str()) && stored == Some(to)
        };
        self.update_owned(lease, update, is_done).await?;
        (lease.state.position, lease.state.node_height) = (Some(to), Some(node_height));
        Ok(())
    }

    async fn release(&self, lease: Lease, finished: Option<Timestamp>) -> Result<(), CursorError> {
        let update = match finished {
            None => self
                .update()
                .update_expression("REMOVE lease_owner, lease_until_ms"),
            Some(finished) => self
                .update()
                .update_expression("SET last_run_ms = :finished REMOVE lease_owner, lease_until_ms")
                .expression_attribute_values(":finished", number(finished.to_ms())),
        };
        let is_done = |item: &Item| {
            let stored = self.state(item).ok();
            owner_of(item).is_none()
                && stored.is_some_and(|state| {
                    state.position == lease.position()
                        && finished.is_none_or(|finished| state.last_run == Some(finished))
                })
        };
        self.update_owned(&lease, update, is_done).await
    }
}
