//! The state that all handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use hashlake_core::asic::{self, Asic};
use hashlake_core::cursor::Cursor;
use hashlake_core::lake::Lake;
use hashlake_core::timestamp::Timestamp;
use utoipa::openapi::OpenApi;

use crate::reader::Reader;

/// The inputs of all answers: the lake, its cursor, the catalogue of miner models, and a clock.
pub struct Api {
    pub(crate) reader: Reader,
    pub(crate) asics: Vec<Asic>,
    pub(crate) now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) is_recording: bool,
}

impl Api {
    /// An API that shows the blocks of `lake` up to `cursor`. `now` returns the current time.
    pub fn new(
        lake: Arc<dyn Lake>,
        cursor: Arc<dyn Cursor>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self {
            reader: Reader::new(lake, cursor),
            asics: asic::catalogue(),
            now: Box::new(now),
            is_recording: false,
        }
    }

    /// Marks the blocks as recorded, so that `/status` does not report old blocks as stale.
    #[must_use]
    pub fn of_a_recording(self) -> Self {
        Self {
            is_recording: true,
            ..self
        }
    }
}

/// What a handler can extract as its `State`: the API, or the document that describes it.
#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) api: Arc<Api>,
    pub(crate) document: Arc<OpenApi>,
}

impl FromRef<AppState> for Arc<Api> {
    fn from_ref(state: &AppState) -> Self {
        state.api.clone()
    }
}

impl FromRef<AppState> for Arc<OpenApi> {
    fn from_ref(state: &AppState) -> Self {
        state.document.clone()
    }
}
