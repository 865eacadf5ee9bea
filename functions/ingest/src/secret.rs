//! Secrets stored in AWS: the function's configuration holds only their names.

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::SdkError;
use hashlake_core::aws::{self, Call, Service};
use hashlake_core::env::Secret;
use thiserror::Error;

/// Variable with the name of the secret that contains the node's `user:password`.
const NODE: &str = "BITCOIN_RPC_SECRET";

/// Variable with the name of the secret that contains the API key of CoinGecko's demo or pro plan.
const COINGECKO: &str = "COINGECKO_API_KEY_SECRET";

/// Why a secret could not be read. `name` is the name of the secret, from the environment variable
/// `variable`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum SecretError {
    #[error("SSM parameter `{name}` ({variable}) is missing or empty: write it with `make secret`")]
    Missing {
        variable: &'static str,
        name: String,
    },
    #[error(
        "SSM parameter `{name}` ({variable}) is not of the form `user:password`: write it with `make secret`"
    )]
    Malformed {
        variable: &'static str,
        name: String,
    },
    #[error("cannot read the SSM parameter `{name}` ({variable}): {reason}")]
    Unavailable {
        variable: &'static str,
        name: String,
        reason: String,
    },
}

/// Values of variables that come from secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Secrets(BTreeMap<&'static str, Secret>);

impl Secrets {
    /// Reads the secrets that the variables in `lookup` name. Calls AWS only if there are any.
    /// Errors never show a value.
    pub(crate) async fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SecretError> {
        let mut secrets = Self::default();
        let name_of = |variable| lookup(variable).filter(|name| !name.is_empty());
        if let Some(name) = name_of(NODE) {
            let value = parameter(NODE, &name).await?;
            let (user, password) = value.split_once(':').ok_or(SecretError::Malformed {
                variable: NODE,
                name,
            })?;
            secrets.add("BITCOIN_RPC_USER", user);
            secrets.add("BITCOIN_RPC_PASSWORD", password);
        }
        if let Some(name) = name_of(COINGECKO) {
            let value = parameter(COINGECKO, &name).await?;
            secrets.add("COINGECKO_API_KEY", &value);
        }
        Ok(secrets)
    }

    /// Value of the variable, if it comes from a secret.
    pub(crate) fn get(&self, variable: &str) -> Option<String> {
        self.0
            .get(variable)
            .map(|secret| secret.expose().to_owned())
    }

    fn add(&mut self, variable: &'static str, value: &str) {
        self.0.insert(variable, Secret::new(value));
    }
}

async fn parameter(variable: &'static str, name: &str) -> Result<String, SecretError> {
    let name = name.to_owned();
    let config = aws::config().await;
    let answer = Client::new(config)
        .get_parameter()
        .name(&name)
        .with_decryption(true)
        .send()
        .await;
    let value = match answer {
        Ok(answer) => answer.parameter.and_then(|parameter| parameter.value),
        Err(SdkError::ServiceError(error)) if error.err().is_parameter_not_found() => None,
        Err(error) => {
            let call = Call {
                action: "ssm:GetParameter",
                resource: "this parameter",
            };
            let reason = Service::new("SSM", config).explain(call, &error).reason;
            return Err(SecretError::Unavailable {
                variable,
                name,
                reason,
            });
        }
    };
    value
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
        .ok_or(SecretError::Missing { variable, name })
}
