//! Which calls a plan's rules fall on.

use ccmessaging_sandbox::{Call, Fault, FaultPlan, Occurrence, Sandbox, StatusCode, Target};

use crate::client::{Outgoing, Reply, started};

async fn misbehaving(plan: &str) -> Sandbox {
    let sandbox = started().await;
    sandbox.faults().set(plan.parse().unwrap());
    sandbox
}

async fn upload(sandbox: &Sandbox) -> Reply {
    Outgoing::upload(sandbox).send().await
}

#[tokio::test]
async fn only_the_calls_that_a_rule_names_suffer() {
    let sandbox =
        misbehaving("upload:2=status:500;upload:4-5=status:501;upload:7-=status:502").await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(upload(&sandbox).await.status.as_u16());
        assert_eq!(Outgoing::token(&sandbox).send().await.status, 200);
    }
    assert_eq!(statuses, [200, 500, 200, 501, 501, 200, 502, 502]);
    assert_eq!(sandbox.calls(Call::UploadFileStream), 8);
}

#[tokio::test]
async fn the_first_rule_that_fits_decides_and_later_rules_still_count() {
    let sandbox = misbehaving("upload:1=status:500;upload:1-2=status:501").await;
    let first = upload(&sandbox).await.status;
    let second = upload(&sandbox).await.status;
    let third = upload(&sandbox).await.status;
    assert_eq!(
        [first.as_u16(), second.as_u16(), third.as_u16()],
        [500, 501, 200]
    );
}

#[tokio::test]
async fn a_plan_counts_from_the_moment_it_is_set_and_ends_when_it_is_cleared() {
    let sandbox = started().await;
    assert_eq!(upload(&sandbox).await.status, 200);
    let plan = FaultPlan::none().with(
        Target::Any,
        Occurrence::next(2),
        Fault::status(StatusCode::BAD_GATEWAY),
    );
    let faults = sandbox.faults();
    faults.set(plan.clone());
    assert_eq!(faults.plan(), plan);
    assert_eq!(upload(&sandbox).await.status, 502);
    faults.clear();
    assert!(faults.plan().is_empty());
    assert_eq!(upload(&sandbox).await.status, 200);
}

/// Which of 200 uploads fail under a plan.
async fn failures(plan: &str) -> Vec<bool> {
    let sandbox = misbehaving(plan).await;
    let mut failures = Vec::new();
    for _ in 0..200 {
        failures.push(upload(&sandbox).await.status == 500);
    }
    failures
}

#[tokio::test]
async fn chance_is_repeatable_depends_on_the_seed_and_keeps_its_rate() {
    let once = failures("seed=7;upload:20%=status:500").await;
    assert_eq!(failures("seed=7;upload:20%=status:500").await, once);
    assert_ne!(failures("seed=8;upload:20%=status:500").await, once);
    let failed = once.iter().filter(|failed| **failed).count();
    // 40 are expected; these bounds are four standard deviations away.
    assert!((18..=62).contains(&failed), "{failed} of 200");
}

#[tokio::test]
async fn zero_percent_is_never_and_a_hundred_is_always() {
    assert!(!failures("upload:0%=status:500").await.contains(&true));
    assert!(!failures("upload:100%=status:500").await.contains(&false));
}

#[tokio::test]
async fn a_sandbox_can_start_with_a_plan() {
    let sandbox = crate::client::sandbox()
        .faults("upload=status:418".parse().unwrap())
        .start()
        .await
        .unwrap();
    assert_eq!(upload(&sandbox).await.status, 418);
}
