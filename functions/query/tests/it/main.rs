//! Tests of the query function as a program.

mod lambda;
