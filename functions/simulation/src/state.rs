//! All that a simulated world consists of.

use hashlake_core::asic::Asic;
use tokio::time::Instant;

use crate::chain::SimChain;
use crate::fault::{Kind, Plan};
use crate::market::Market;
use crate::objects::Objects;
use crate::watch::Watch;

/// All that a simulated world consists of.
pub(crate) struct State {
    pub(crate) seed: u64,
    pub(crate) started: Instant,
    pub(crate) plan: Plan,
    pub(crate) all_calls: u64,
    /// What the calls of each process so far were for.
    pub(crate) kinds: Vec<Vec<Kind>>,
    /// Numbers of the calls that had a fault, over all processes.
    pub(crate) faults: Vec<u64>,
    pub(crate) crashes: u64,
    pub(crate) is_traced: bool,
    pub(crate) trace: String,
    pub(crate) asics: Vec<Asic>,
    pub(crate) chain: SimChain,
    pub(crate) market: Market,
    pub(crate) objects: Objects,
    pub(crate) watch: Watch,
}
