//! A small file of each table, and everything that reads it.

use bytes::Bytes;
use hashlake_core::asic;
use hashlake_core::month::Month;
use hashlake_core::price::PricePoint;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::hash_filter::HashFilter;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::tail::TAIL_LEN;
use hashlake_core::table::{
    self, LengthGuard, TableError, asics, blocks, daily, mwh_revenue, prices,
};

/// Returns the rows of a file as text.
type Read = Box<dyn Fn(&Bytes) -> Result<String, TableError>>;

/// A file, and what reads files of its table.
pub(crate) struct TableFile {
    pub(crate) key: String,
    pub(crate) body: Bytes,
    pub(crate) readers: Vec<(&'static str, Read)>,
}

/// A file of each table, with these blocks of a month.
pub(crate) fn files(month: &[PricedBlock]) -> Vec<TableFile> {
    let name = Month::of(month[0].block.median_time);
    let models = asic::catalogue();
    let mut points: Vec<PricePoint> = month
        .iter()
        .filter_map(|row| row.price.quote().cloned())
        .map(|quote| PricePoint {
            quote,
            resolution_s: 3600,
        })
        .collect();
    points.sort_by_key(|point| point.quote.time);
    points.dedup_by_key(|point| point.quote.time);
    let hashes: Vec<_> = month.iter().map(|row| row.block.hash).collect();
    let (first, guard) = (month[0].block.height, LengthGuard::Absent);
    let (rows, of_models) = (month.to_vec(), models.clone());
    vec![
        TableFile {
            key: blocks::key(name),
            body: blocks::encode(month, guard),
            readers: vec![
                reader("all columns", table::read),
                reader("rows", blocks::decode),
                reader("economics", blocks::decode_economics),
                reader("heights", move |file| {
                    blocks::decode_heights(file, first + 3..=first + 20)
                }),
                reader("outline", |file| {
                    Outline::decode(tail(&file), file.len() as u64)
                }),
                reader("hashes", move |file| {
                    let filter = HashFilter::decode(tail(&file), file.len() as u64)?;
                    Ok(hashes.iter().all(|hash| filter.may_hold(*hash)))
                }),
            ],
        },
        TableFile {
            key: mwh_revenue::key(name),
            body: mwh_revenue::encode(month, &models, guard),
            readers: vec![
                reader("all columns", table::read),
                reader("models", move |file| {
                    // A file that is not current is written again, whatever the reason.
                    let is_current = mwh_revenue::has_revenue_of(file, &rows, &of_models);
                    is_current.then_some(()).ok_or(TableError::Checksum)
                }),
            ],
        },
        TableFile {
            key: prices::key(name),
            body: prices::encode(&points, guard),
            readers: vec![
                reader("all columns", table::read),
                reader("rows", prices::decode),
            ],
        },
        TableFile {
            key: daily::KEY.to_owned(),
            body: daily::encode(&daily::summarise(month), guard),
            readers: vec![
                reader("all columns", table::read),
                reader("rows", daily::decode),
            ],
        },
        TableFile {
            key: asics::KEY.to_owned(),
            body: asics::encode(&models, guard),
            readers: vec![
                reader("all columns", table::read),
                reader("rows", asics::decode),
            ],
        },
    ]
}

fn reader<T: std::fmt::Debug>(
    name: &'static str,
    read: impl Fn(Bytes) -> Result<T, TableError> + 'static,
) -> (&'static str, Read) {
    let read = move |file: &Bytes| Ok(format!("{:?}", read(file.clone())?));
    (name, Box::new(read))
}

/// The end of a file, as far as the lake reads it for an outline.
fn tail(file: &Bytes) -> Bytes {
    let len = usize::try_from(TAIL_LEN).expect("a small number");
    file.slice(file.len().saturating_sub(len)..)
}

/// The first `count` blocks of October 2010, with prices.
pub(crate) fn blocks_of_a_month(count: usize) -> Vec<PricedBlock> {
    let month = |row: &PricedBlock| Month::of(row.block.median_time);
    let mut rows = super::chain::blocks().skip(80_000).peekable();
    let skipped = month(rows.peek().expect("a chain has blocks"));
    rows.skip_while(|row| month(row) == skipped)
        .take(count)
        .collect()
}
