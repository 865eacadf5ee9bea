//! Tests the lake in S3 and the cursor in DynamoDB with LocalStack.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use hashlake_core::cursor::dynamodb::DynamoDbCursor;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::cursor::{Cursor, CursorError};
use hashlake_core::lake::s3::S3Lake;
use hashlake_core::lake::{Lake, LakeError};
use hashlake_core::timestamp::Timestamp;
use testenv::localstack::LocalStack;

#[tokio::test(flavor = "multi_thread")]
async fn s3_and_dynamodb_fulfil_the_contracts() {
    let localstack = LocalStack::start().await;
    let config = localstack.config().await;
    localstack.create_bucket("lake").await;
    localstack.create_table("cursor").await;
    localstack.create_table("late").await;

    crate::contract::lake(Arc::new(S3Lake::new(&config, "lake", ""))).await;
    crate::contract::lake(Arc::new(S3Lake::new(&config, "lake", "/below/a/prefix/"))).await;
    crate::contract::cursor(Arc::new(ObjectCursor::new(Arc::new(S3Lake::new(
        &config, "lake", "cursor",
    )))))
    .await;
    crate::contract::cursor(Arc::new(DynamoDbCursor::new(&config, "cursor"))).await;
    crate::contract::late_owner(&DynamoDbCursor::new(&config, "late")).await;
    crate::contract::clock_ahead(&DynamoDbCursor::new(&config, "late")).await;
    newer_versions_are_refused(&localstack).await;
    errors_name_a_missing_bucket_or_table(
        &S3Lake::new(&config, "nowhere", ""),
        &DynamoDbCursor::new(&config, "nowhere"),
    )
    .await;
}

/// A cursor of version 1 can be read. A cursor of a newer version is refused, and left unchanged.
async fn newer_versions_are_refused(localstack: &LocalStack) {
    let config = localstack.config().await;
    localstack.create_table("versions").await;
    let cursor = DynamoDbCursor::new(&config, "versions");
    let client = aws_sdk_dynamodb::Client::new(&config);
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let number = |value: &str| AttributeValue::N(value.to_owned());
    let hash = "0000000000000000000066d1bafc3c9c66fe581b42128184b0c79c6186a5b6c9";
    let item = |version: &str| {
        HashMap::from([
            ("id".to_owned(), text("cursor")),
            ("version".to_owned(), number(version)),
            ("chain".to_owned(), text("main")),
            ("height".to_owned(), number("924778")),
            ("hash".to_owned(), text(hash)),
            ("node_height".to_owned(), number("924779")),
            ("last_run_ms".to_owned(), number("1763855637000")),
        ])
    };
    let put = async |item: HashMap<String, AttributeValue>| {
        let put = client.put_item().table_name("versions");
        put.set_item(Some(item)).send().await.expect("written");
    };
    let now = Timestamp::from_block_time(1_763_855_637);

    put(item("1")).await;
    let old = cursor.read().await.expect("version 1 is supported");
    put(item("2")).await;
    let read = cursor.read().await.expect_err("version 2 is newer");
    let taken = cursor.acquire("an older program", now).await;
    let left = client.scan().table_name("versions").send().await;

    let position = old.position.expect("a position");
    assert_eq!(
        (position.height, position.hash.to_string().as_str()),
        (924_778, hash)
    );
    assert_eq!((old.node_height, old.last_run), (Some(924_779), Some(now)));
    for error in [read, taken.expect_err("version 2 is newer")] {
        assert!(
            matches!(error, CursorError::Newer { found: 2, .. }),
            "{error}"
        );
        assert!(error.to_string().contains("upgrade hashlake"), "{error}");
    }
    assert_eq!(left.expect("items").items(), [item("2")]);
}

async fn errors_name_a_missing_bucket_or_table(lake: &dyn Lake, cursor: &dyn Cursor) {
    let lake = lake
        .list("v1/")
        .await
        .expect_err("the bucket does not exist");
    let cursor = cursor.read().await.expect_err("the table does not exist");

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
