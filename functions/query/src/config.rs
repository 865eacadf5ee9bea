//! Configuration of the query function, from environment variables.

use std::path::PathBuf;

use hashlake_core::env::{Env, EnvError, StoreUrls};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The lake and its cursor (`LAKE_URL`, `CURSOR_URL`).
    pub stores: StoreUrls,
    /// Directory of the static site (`SITE_DIR`). If it is `None`, only the API is served.
    pub site_dir: Option<PathBuf>,
}

impl Config {
    /// Reads environment variables with `lookup`.
    ///
    /// # Errors
    /// [`EnvError`] lists all variables that are missing or invalid.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EnvError> {
        let mut env = Env::new(&lookup);
        let stores = StoreUrls::required(&mut env);
        let site_dir = env.path("SITE_DIR");
        env.finish(stores.map(|stores| Self { stores, site_dir }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(vars: &[(&str, &str)]) -> Result<Config, EnvError> {
        Config::from_lookup(|name| {
            vars.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn lake_and_cursor_are_required_and_the_site_is_optional() {
        let config = config(&[
            ("LAKE_URL", "s3://bucket"),
            ("CURSOR_URL", "dynamodb://table"),
        ])
        .expect("both are set");

        assert_eq!(
            (config.stores.lake.to_string(), config.site_dir),
            ("s3://bucket".to_owned(), None)
        );
    }

    #[test]
    fn all_missing_variables_are_reported_together() {
        let error = config(&[("SITE_DIR", "static-site")]).expect_err("two are missing");

        assert_eq!(error.0.len(), 2, "{error}");
    }
}
