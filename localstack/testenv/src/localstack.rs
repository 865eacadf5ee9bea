//! LocalStack, an emulator of AWS, with the services that a test needs.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::Duration;

use aws_config::{Region, SdkConfig};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use tempfile::TempDir;

use crate::{Service, free_port, tool};

/// The services that `infra/template.yaml` uses.
const STACK_SERVICES: &str =
    "cloudformation,cloudwatch,dynamodb,events,iam,lambda,logs,s3,sns,sqs,ssm,sts";

pub struct LocalStack {
    _service: Service,
    _state: TempDir,
    endpoint: String,
}

impl LocalStack {
    /// Starts LocalStack with S3 and DynamoDB, and waits until it responds.
    pub async fn start() -> Self {
        Self::with_services("s3,dynamodb").await
    }

    /// Starts LocalStack with all services of the stack, and waits until it responds. Its Lambda
    /// functions are processes on this computer, which stop with LocalStack.
    pub async fn with_lambda() -> Self {
        Self::with_services(STACK_SERVICES).await
    }

    async fn with_services(services: &str) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let state = tempfile::tempdir().expect("a temporary folder can be created");
        let address = format!("127.0.0.1:{}", free_port());
        let log = File::create(state.path().join("stdout.log")).expect("a log file can be created");
        let mut command = Command::new(tool("localstack"));
        command
            .env("GATEWAY_LISTEN", &address)
            .env("LOCALSTACK_STATE", state.path())
            .env("SERVICES", services);
        let child = command
            .stdout(Stdio::from(log))
            .stderr(Stdio::null())
            .spawn()
            .expect("LocalStack starts");
        let mut service = Service(child);
        let endpoint = format!("http://{address}");
        let http = reqwest::Client::new();
        while !http
            .get(format!("{endpoint}/_localstack/health"))
            .send()
            .await
            .is_ok_and(|response| response.status().is_success())
        {
            service.assert_alive("LocalStack");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Self {
            _service: service,
            _state: state,
            endpoint,
        }
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Environment variables with which a program that uses the AWS SDK calls this LocalStack.
    pub fn variables(&self) -> [(&'static str, &str); 4] {
        [
            ("AWS_ENDPOINT_URL", &self.endpoint),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "us-east-1"),
        ]
    }

    /// The configuration with which AWS clients in this process call this LocalStack.
    pub async fn config(&self) -> SdkConfig {
        let credentials = aws_sdk_s3::config::Credentials::new("test", "test", None, None, "test");
        hashlake_core::aws::defaults()
            .endpoint_url(&self.endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials)
            .load()
            .await
    }

    pub async fn create_bucket(&self, name: &str) {
        let config = aws_sdk_s3::config::Builder::from(&self.config().await)
            .force_path_style(true)
            .build();
        let client = aws_sdk_s3::Client::from_conf(config);
        client
            .create_bucket()
            .bucket(name)
            .send()
            .await
            .expect("the bucket can be created");
    }

    /// Creates a DynamoDB table for a cursor.
    pub async fn create_table(&self, name: &str) {
        let key = KeySchemaElement::builder()
            .attribute_name("id")
            .key_type(KeyType::Hash);
        let attribute = AttributeDefinition::builder()
            .attribute_name("id")
            .attribute_type(ScalarAttributeType::S);
        let client = aws_sdk_dynamodb::Client::new(&self.config().await);
        client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key.build().expect("the key is complete"))
            .attribute_definitions(attribute.build().expect("the attribute is complete"))
            .send()
            .await
            .expect("the table can be created");
    }
}
