//! The JSON form of the cursor, for stores that keep it as one object.

use serde::{Deserialize, Serialize};

use super::{CursorError, CursorState, Position};
use crate::timestamp::Timestamp;

pub(super) const VERSION: u32 = 1;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<PositionRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<LeaseRecord>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PositionRecord {
    chain: String,
    height: u32,
    hash: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LeaseRecord {
    pub(super) owner: String,
    pub(super) until_ms: i64,
}

impl Record {
    pub(super) fn new(state: CursorState, lease: Option<LeaseRecord>) -> Self {
        let position = state.position.map(
            |Position {
                 chain,
                 height,
                 hash,
             }| PositionRecord {
                chain: chain.to_string(),
                height,
                hash: hash.to_string(),
            },
        );
        Self {
            version: VERSION,
            position,
            node_height: state.node_height,
            last_run_ms: state.last_run.map(Timestamp::to_ms),
            lease,
        }
    }

    pub(super) fn parse(cursor: &str, json: &[u8]) -> Result<Self, CursorError> {
        let malformed = |error: serde_json::Error| CursorError::Malformed {
            cursor: cursor.to_owned(),
            reason: error.to_string(),
        };
        let found = serde_json::from_slice::<VersionOnly>(json)
            .map_err(malformed)?
            .version;
        if found > VERSION {
            return Err(CursorError::Newer {
                cursor: cursor.to_owned(),
                found,
                known: VERSION,
            });
        }
        serde_json::from_slice(json).map_err(malformed)
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("numbers and text have a JSON form")
    }

    pub(super) fn state(&self, cursor: &str) -> Result<CursorState, CursorError> {
        let malformed = |reason: String| CursorError::Malformed {
            cursor: cursor.to_owned(),
            reason,
        };
        let position = |record: &PositionRecord| {
            Ok::<_, CursorError>(Position {
                chain: record
                    .chain
                    .parse()
                    .map_err(|error: crate::chain::ChainError| malformed(error.to_string()))?,
                height: record.height,
                hash: record
                    .hash
                    .parse()
                    .map_err(|error: crate::hash::BlockHashError| malformed(error.to_string()))?,
            })
        };
        Ok(CursorState {
            position: self.position.as_ref().map(position).transpose()?,
            node_height: self.node_height,
            last_run: self.last_run_ms.and_then(Timestamp::from_ms),
        })
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

#[cfg(test)]
mod tests {
    use testenv::fuzz::{changed, changes, fuzz};

    use super::*;
    use crate::chain::Chain;
    use crate::hash::BlockHash;

    #[test]
    fn fuzz_records() {
        let position = Position {
            chain: Chain::Main,
            height: 840_000,
            hash: BlockHash::ZERO,
        };
        let state = CursorState {
            position: Some(position),
            node_height: Some(840_001),
            last_run: Some(Timestamp::from_block_time(1_713_571_767)),
        };
        let lease = LeaseRecord {
            owner: "hashlake on a host".to_owned(),
            until_ms: 1_713_572_067_000,
        };
        let json = Record::new(state, Some(lease)).to_json();
        fuzz(&changes(), |changes| {
            // An error, or a record that is read the same again.
            if let Ok(record) = Record::parse("cursor", &changed(&json, &changes)) {
                let again = Record::parse("cursor", &record.to_json()).expect("a record");
                assert_eq!(again, record);
                if let Ok(state) = record.state("cursor") {
                    assert_eq!(
                        Record::new(state, record.lease)
                            .state("cursor")
                            .expect("a state"),
                        state
                    );
                }
            }
        });
    }
}
