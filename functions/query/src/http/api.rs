//! What the answers are made of.

use std::sync::Arc;

use hashlake_core::asic::{self, Asic};
use hashlake_core::cursor::Cursor;
use hashlake_core::lake::Lake;
use hashlake_core::timestamp::Timestamp;

use crate::reader::Reader;

/// What the answers are made of: a lake and its cursor, the machines, and a clock.
pub struct Api {
    pub(crate) reader: Arc<Reader>,
    pub(crate) asics: Vec<Asic>,
    pub(crate) now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) is_recording: bool,
}

impl Api {
    /// Answers from `lake` what `cursor` says is whole; `now` is what time it is.
    pub fn new(
        lake: Arc<dyn Lake>,
        cursor: Arc<dyn Cursor>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self {
            reader: Arc::new(Reader::new(lake, cursor)),
            asics: asic::catalogue(),
            now: Box::new(now),
            is_recording: false,
        }
    }

    /// Says that the blocks are recorded ones: nobody is to wonder how old they are.
    #[must_use]
    pub fn of_a_recording(self) -> Self {
        Self {
            is_recording: true,
            ..self
        }
    }
}
