//! Prices that come after their blocks.

mod common;

use std::sync::Arc;

use common::{blocks_of, files, memory, now, outside, replay, run};
use hashlake::lake::Lake;
use hashlake::timestamp::Timestamp;
use ingest::price_store::{merge_prices, stored_prices};
use ingest::reprice::{Repriced, reprice};

const FIRST: u32 = 909_578;
const TIP: u32 = 912_578; // Over a month's end.
