//! The order of floating-point values that a file declares.
//!
//! `parquet` declares the total order of IEEE 754 for columns of doubles. Readers that do not know it
//! refuse the whole file: Polars before 1.43, DataFusion before 51, and others. The older order means
//! the same for the lake's values, which are never NaN.

/// The two column orders in Thrift's compact protocol. They are a union of empty structs: the first
/// field is `TYPE_ORDER`, the second one `IEEE_754_TOTAL_ORDER`.
const TYPE_ORDER: [u8; 3] = [0x1c, 0, 0];
const TOTAL_ORDER: [u8; 3] = [0x2c, 0, 0];

/// Length of the end of a file, after the column orders: the stop byte of the metadata, the length
/// of the metadata, and the magic number.
const AFTER_ORDERS: usize = 1 + 4 + 4;

/// Declares the order that all readers know. `file` is a Parquet file with this number of columns,
/// as `parquet` writes it. The column orders are the last field of its metadata.
pub(super) fn declare_type_order(file: &mut [u8], columns: usize) {
    let end = file.len() - AFTER_ORDERS;
    let orders = &mut file[end - columns * TYPE_ORDER.len()..end];
    for order in orders.chunks_exact_mut(TYPE_ORDER.len()) {
        debug_assert!(order == TYPE_ORDER || order == TOTAL_ORDER, "{order:x?}");
        if order == TOTAL_ORDER {
            order.copy_from_slice(&TYPE_ORDER);
        }
    }
}
