//! The lake in S3 and the cursor in DynamoDB, on LocalStack.

mod contract;

use std::sync::Arc;

use hashlake::cursor::dynamodb::DynamoDbCursor;
use hashlake::cursor::object::ObjectCursor;
use hashlake::cursor::{Cursor, CursorError};
use hashlake::lake::s3::S3Lake;
use hashlake::lake::{Lake, LakeError};
use testenv::localstack::LocalStack;

#[tokio::test(flavor = "multi_thread")]
async fn s3_and_dynamodb_keep_the_contracts() {
    let localstack = LocalStack::start().await;
    let config = localstack.config().await;
    localstack.create_bucket("lake").await;
    localstack.create_table("cursor").await;
    localstack.create_table("late").await;

    contract::lake(Arc::new(S3Lake::new(&config, "lake", ""))).await;
    contract::lake(Arc::new(S3Lake::new(&config, "lake", "/below/a/prefix/"))).await;
    contract::cursor(Arc::new(ObjectCursor::new(Arc::new(S3Lake::new(
        &config, "lake", "cursor",
    )))))
    .await;
    contract::cursor(Arc::new(DynamoDbCursor::new(&config, "cursor"))).await;
    contract::late_owner(&DynamoDbCursor::new(&config, "late")).await;
    what_is_not_there_is_said(
        &S3Lake::new(&config, "nowhere", ""),
        &DynamoDbCursor::new(&config, "nowhere"),
    )
    .await;
}

async fn what_is_not_there_is_said(lake: &dyn Lake, cursor: &dyn Cursor) {
    let lake = lake.list("v1/").await.expect_err("there is no such bucket");
    let cursor = cursor.read().await.expect_err("there is no such table");

    assert!(
        matches!(&lake, LakeError::Refused { .. }) && lake.to_string().contains("s3://nowhere/"),
        "{lake}"
    );
    assert!(
        matches!(&cursor, CursorError::Refused { .. })
            && cursor.to_string().contains("dynamodb://nowhere"),
        "{cursor}"
    );
}
