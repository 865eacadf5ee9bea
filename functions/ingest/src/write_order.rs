//! The order in which tables are written.

use crate::lake_file::LakeFileError;

/// Writes the tables of one commit. Each method writes what changed in its table, and nothing if
/// nothing changed.
pub(crate) trait TableWriter {
    async fn write_prices(&mut self) -> Result<(), LakeFileError>;
    async fn write_revenue(&mut self) -> Result<(), LakeFileError>;
    async fn write_asics(&mut self) -> Result<(), LakeFileError>;
    async fn write_days(&mut self) -> Result<(), LakeFileError>;
    async fn write_blocks(&mut self) -> Result<(), LakeFileError>;
}

/// Writes prices first, then revenue, miner models and days, and blocks last.
///
/// Any of these writes can be the last before a crash. The next run decides from the `blocks` table
/// what is left to do: which heights are missing, and which blocks have no final price. So
/// everything that is computed from blocks is written before them. If blocks came first, a crash
/// would leave blocks that look done, and revenue and days that no run completes. Prices come
/// first, because the other tables are computed from them, and because a price that is stored is
/// never fetched again.
pub(crate) async fn write_tables(tables: &mut impl TableWriter) -> Result<(), LakeFileError> {
    tables.write_prices().await?;
    tables.write_revenue().await?;
    tables.write_asics().await?;
    tables.write_days().await?;
    tables.write_blocks().await
}
