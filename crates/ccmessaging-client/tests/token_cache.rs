//! One access token for all tasks, also where a call of the token service never ends as it should.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ccmessaging_client::{
    AccessToken, CallError, CallErrorKind, Deadline, Peer, Secret, TokenCache, TokenError,
};
use tokio::runtime::{Builder, Runtime};
use tokio::time::advance;

const HOUR: Duration = Duration::from_secs(3600);

fn runtime() -> Runtime {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build();
    runtime.expect("a runtime")
}

fn token() -> AccessToken {
    AccessToken::new(Secret::new("token"), HOUR)
}

/// Asks for a token, begins to wait for it, and gives up.
async fn wait_and_hang_up(cache: &TokenCache) {
    tokio::select! {
        biased;
        _ = cache.get(Deadline::after(HOUR)) => panic!("there is no token yet"),
        () = std::future::ready(()) => {}
    }
}

#[test]
fn lost_renewal_is_restarted_while_the_old_token_is_valid() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let fetch = move |_| {
        let is_second = counter.fetch_add(1, Ordering::Relaxed) == 1;
        async move {
            if is_second {
                std::future::pending::<()>().await;
            }
            Ok(token())
        }
    };
    let cache = TokenCache::new(fetch, HOUR);
    // In its last minute the token is valid and due for renewal.
    let last_minute = HOUR.saturating_sub(Duration::from_secs(30));

    let first = runtime().block_on(cache.get(Deadline::after(HOUR)));
    assert_eq!(first.expect("a token").generation, 1);
    let ending = runtime();
    ending.block_on(async {
        advance(last_minute).await;
        // Its caller hangs up, and the runtime ends in the middle of the call.
        wait_and_hang_up(&cache).await;
        while calls.load(Ordering::Relaxed) < 2 {
            tokio::task::yield_now().await;
        }
    });
    drop(ending);

    let renewed = runtime().block_on(async {
        advance(last_minute).await;
        cache.get(Deadline::after(HOUR)).await
    });
    assert_eq!(renewed.expect("a token").generation, 2);
}

#[tokio::test]
async fn cancelled_callers_share_one_call() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let fetch = move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        std::future::pending()
    };
    let cache = TokenCache::new(fetch, HOUR);
    for _ in 0..1000 {
        wait_and_hang_up(&cache).await;
    }
    tokio::task::yield_now().await;
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    let alive = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    assert_eq!(alive, 1);
}

#[tokio::test(start_paused = true)]
async fn panicking_fetch_is_a_failure_that_delays_the_next_call() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let fetch = move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { panic!("a defect of the application") }
    };
    let cache = TokenCache::new(fetch, HOUR);
    for _ in 0..3 {
        let result = cache.get(Deadline::after(Duration::from_millis(300))).await;
        let error = result.expect_err("no token");
        assert!(matches!(error, TokenError::Panicked), "{error:?}");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(cache.fetches().failed, 1);
}

#[tokio::test(start_paused = true)]
async fn token_may_live_forever() {
    let fetch = |_| async { Ok(AccessToken::new(Secret::new("token"), Duration::MAX)) };
    let cache = TokenCache::new(fetch, HOUR);
    for _ in 0..2 {
        let token = cache.get(Deadline::after(Duration::from_millis(300))).await;
        assert_eq!(token.expect("a token").generation, 1);
    }
    assert_eq!(cache.fetches().obtained, 1);
}

#[tokio::test(start_paused = true)]
async fn rejected_token_has_no_newer_one_while_the_service_is_not_called() {
    let calls = AtomicUsize::new(0);
    let fetch = move |_| {
        let is_first = calls.fetch_add(1, Ordering::Relaxed) == 0;
        let failure = CallError::new(Peer::TokenService, CallErrorKind::TimedOut);
        std::future::ready(if is_first {
            Ok(token())
        } else {
            Err(failure.into())
        })
    };
    let cache = TokenCache::new(fetch, HOUR);
    let deadline = Deadline::after(2 * HOUR);
    let generation = cache.get(deadline).await.expect("a token").generation;

    assert!(cache.reject(generation), "the service was not called yet");
    // The renewal fails, so the old token is returned.
    let kept = cache.get(deadline).await.expect("a token");
    assert_eq!(kept.generation, generation);
    for _ in 0..2 {
        assert!(!cache.reject(generation));
    }
    assert_eq!(cache.fetches().failed, 1);

    // The longest delay after the first failure.
    advance(Duration::from_secs(2)).await;
    assert!(cache.reject(generation));
    cache.get(deadline).await.expect("the old token");
    assert_eq!(cache.fetches().failed, 2);
}
