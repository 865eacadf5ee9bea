//! What a policy allows, tried action by action: with it all works, and without one of its actions something does not.

use serde_json::{Value, json};

/// What Lambda does with a function's role, not the function: take from the event source, tell of failures, write logs.
/// No emulation looks whether it may; AWS's manuals name these actions.
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

/// The policies of one who acts in the cloud.
pub(crate) trait Bearer {
    /// Gives it this policy in place of the one that it has.
    fn bear(&self, policy: &Value);

    /// Has it do everything that it is there for. The answer is what was refused on the way.
    async fn work(&self) -> Option<String>;
}

/// # Panics
/// Where the work fails with the policy as it is, or does not without one of its actions.
pub(crate) async fn assert_that_all_is_needed(bearer: &impl Bearer, policy: &Value) {
    bearer.bear(policy);
    assert_eq!(bearer.work().await, None, "{policy}");
    for (at, statement) in statements(policy).iter().enumerate() {
        let sid = statement["Sid"].as_str().expect("a name");
        let actions = actions(statement);
        if let Some((_, own)) = LAMBDAS_OWN.iter().find(|(of, _)| *of == sid) {
            assert_eq!(actions, *own, "{sid}");
            continue;
        }
        for action in &actions {
            bearer.bear(&without(policy, at, action));
            let refused = bearer.work().await;
            let refused = refused.unwrap_or_else(|| panic!("{sid}: nobody misses {action}"));
            let reason = format!("is not authorized to perform: {action}");
            assert!(refused.contains(&reason), "{sid}, {action}: {refused}");
        }
    }
    bearer.bear(policy);
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
