//! infra/template.yaml, deployed by the scripts that operators use.

mod cloud;
mod fan_out;
mod localstack;
mod ministack;
mod policy;
