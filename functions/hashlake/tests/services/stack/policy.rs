//! Tests that a policy allows all actions that are needed, and no others: if any one is removed,
//! something fails.

use serde_json::{Value, json};

/// Actions that Lambda itself performs with the role of a function: reading the event source,
/// reporting failures and writing logs. No emulator checks them, so the test compares them with this
/// list from the AWS documentation.
const ACTIONS_OF_LAMBDA: [(&str, &[&str]); 3] = [
    (
        "Backfill",
        &[
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ],
    ),
    ("Failures", &["sqs:SendMessage"]),
    ("Logs", &["logs:CreateLogStream", "logs:PutLogEvents"]),
];

/// An IAM role or user with a policy.
pub(crate) trait Principal {
    /// Replaces the policy of the principal.
    fn set_policy(&self, policy: &Value);

    /// Does all the work that the principal is for. Returns the first failure.
    async fn work(&self) -> Option<String>;
}

/// # Panics
/// If the work fails with the whole policy, or succeeds after one of its actions is removed.
pub(crate) async fn assert_all_actions_are_needed(principal: &impl Principal, policy: &Value) {
    principal.set_policy(policy);
    assert_eq!(principal.work().await, None, "{policy}");
    for (at, statement) in statements(policy).iter().enumerate() {
        let sid = statement["Sid"].as_str().expect("a name");
        let actions = actions(statement);
        if let Some((_, own)) = ACTIONS_OF_LAMBDA.iter().find(|(name, _)| *name == sid) {
            assert_eq!(actions, *own, "{sid}");
            continue;
        }
        for action in &actions {
            principal.set_policy(&without(policy, at, action));
            let refused = principal.work().await;
            let refused = refused.unwrap_or_else(|| panic!("{sid}: {action} is not needed"));
            let reason = format!("is not authorized to perform: {action}");
            assert!(refused.contains(&reason), "{sid}, {action}: {refused}");
        }
    }
    principal.set_policy(policy);
}

fn without(policy: &Value, at: usize, action: &str) -> Value {
    let mut policy = policy.clone();
    let left: Vec<&str> = actions(&policy["Statement"][at])
        .into_iter()
        .filter(|kept| *kept != action)
        .collect();
    let left = json!(left);
    if left.as_array().is_some_and(Vec::is_empty) {
        policy["Statement"]
            .as_array_mut()
            .expect("a list")
            .remove(at);
    } else {
        policy["Statement"][at]["Action"] = left;
    }
    policy
}

fn statements(policy: &Value) -> &Vec<Value> {
    policy["Statement"].as_array().expect("a list")
}

fn actions(statement: &Value) -> Vec<&str> {
    match &statement["Action"] {
        Value::String(one) => vec![one],
        many => many
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect(),
    }
}
