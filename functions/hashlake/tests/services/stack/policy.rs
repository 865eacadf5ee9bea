//! Tests that a policy has all actions that are needed, and no other: without any one of them,
//! something fails.

use serde_json::{Value, json};

/// Actions that Lambda itself does with the role of a function: read from the event source, report
/// failures, write logs. No emulator checks them; they are those of the AWS documentation.
const LAMBDAS_OWN: [(&str, &[&str]); 3] = [
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

/// An actor with a policy.
pub(crate) trait Principal {
    /// Replaces its policy.
    fn set_policy(&self, policy: &Value);

    /// Does everything that the actor is for. Returns the first failure.
    async fn work(&self) -> Option<String>;
}

/// # Panics
/// If the work fails with the whole policy, or succeeds without one of its actions.
pub(crate) async fn assert_that_all_is_needed(principal: &impl Principal, policy: &Value) {
    principal.set_policy(policy);
    assert_eq!(principal.work().await, None, "{policy}");
    for (at, statement) in statements(policy).iter().enumerate() {
        let sid = statement["Sid"].as_str().expect("a name");
        let actions = actions(statement);
        if let Some((_, own)) = LAMBDAS_OWN.iter().find(|(name, _)| *name == sid) {
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
