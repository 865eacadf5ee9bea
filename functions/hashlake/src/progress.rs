//! The progress bar.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const MAX_BLOCKS_WITHOUT_BAR: u32 = 100;

/// Shows the bar if standard error is a terminal and there are more than [`MAX_BLOCKS_WITHOUT_BAR`]
/// blocks.
pub(crate) fn show(bar: &ProgressBar, blocks: u32) {
    if blocks > MAX_BLOCKS_WITHOUT_BAR {
        bar.set_length(blocks.into());
        bar.set_style(style());
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.reset_eta();
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos}/{len} blocks, {per_sec}, {eta} left{msg}")
        .expect("a fixed template")
}
