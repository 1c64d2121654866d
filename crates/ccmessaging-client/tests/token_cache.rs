//! One access token for all tasks, also where a call of the token service never ends as it should.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ccmessaging_client::{
    AccessToken, CallError, CallErrorKind, Clock, Deadline, Peer, Secret, TokenCache, TokenError,
};
use tokio::runtime::{Builder, Runtime};

const HOUR: Duration = Duration::from_secs(3600);

/// A clock that only advances by hand.
#[derive(Clone, Debug)]
struct SetClock(Arc<Mutex<Instant>>);

impl SetClock {
    fn advance(&self, time: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

impl Clock for SetClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn runtime() -> Runtime {
    let mut runtime = Builder::new_current_thread();
    runtime.enable_all().build().expect("a runtime")
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
    let clock = SetClock(Arc::new(Mutex::new(Instant::now())));
    let cache = TokenCache::new(fetch, HOUR, Arc::new(clock.clone()));
    let deadline = Deadline::after(HOUR);

    let first = runtime().block_on(cache.get(deadline));
    assert_eq!(first.expect("a token").generation, 1);
    // In its last minute the token is valid and due for renewal.
    clock.advance(Duration::from_secs(60 * 60 - 30));
    let ending = runtime();
    ending.block_on(async {
        // Its caller hangs up, and the runtime ends in the middle of the call.
        wait_and_hang_up(&cache).await;
        while calls.load(Ordering::Relaxed) < 2 {
            tokio::task::yield_now().await;
        }
    });
    drop(ending);

    let renewed = runtime().block_on(cache.get(deadline));
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
    let cache = TokenCache::new(fetch, HOUR, Arc::new(ccmessaging_client::SystemClock));
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

#[tokio::test]
async fn panicking_fetch_is_a_failure_that_delays_the_next_call() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let fetch = move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { panic!("a defect of the application") }
    };
    let cache = TokenCache::new(fetch, HOUR, Arc::new(ccmessaging_client::SystemClock));
    for _ in 0..3 {
        let result = cache.get(Deadline::after(Duration::from_millis(300))).await;
        let error = result.expect_err("no token");
        assert!(matches!(error, TokenError::Panicked), "{error:?}");
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(cache.fetches().failed, 1);
}

#[tokio::test]
async fn token_may_live_forever() {
    let fetch = |_| async { Ok(AccessToken::new(Secret::new("token"), Duration::MAX)) };
    let cache = TokenCache::new(fetch, HOUR, Arc::new(ccmessaging_client::SystemClock));
    for _ in 0..2 {
        let token = cache.get(Deadline::after(Duration::from_millis(300))).await;
        assert_eq!(token.expect("a token").generation, 1);
    }
    assert_eq!(cache.fetches().obtained, 1);
}

#[tokio::test]
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
    let clock = SetClock(Arc::new(Mutex::new(Instant::now())));
    let cache = TokenCache::new(fetch, HOUR, Arc::new(clock.clone()));
    let deadline = Deadline::after(HOUR);
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
    clock.advance(Duration::from_secs(2));
    assert!(cache.reject(generation));
    cache.get(deadline).await.expect("the old token");
    assert_eq!(cache.fetches().failed, 2);
}
