//! The bundled recording, parsed once for all unit tests.

use std::sync::LazyLock;

use crate::recording::Recording;
use crate::recording::blocks::RecordedBlocks;

static BUNDLED: LazyLock<Recording> = LazyLock::new(|| Recording::bundled().unwrap());

pub(crate) fn bundled() -> Recording {
    BUNDLED.clone()
}

pub(crate) fn bundled_blocks() -> RecordedBlocks {
    BUNDLED.blocks().clone()
}
