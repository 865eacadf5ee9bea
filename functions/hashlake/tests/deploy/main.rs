//! infra/template.yaml, deployed by the scripts that people use.

#[path = "../common/mod.rs"]
mod common;

mod cloud;
mod fan_out;
mod localstack;
mod ministack;
mod policy;
