//! Tests of the query function as a program, and of its modules' order.

mod floors;
mod lambda;
