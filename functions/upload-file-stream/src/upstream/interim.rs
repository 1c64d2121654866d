//! Interim answers (1xx, RFC 9110 section 15.2): a few may come before the final one, not a flood.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Request;
use tokio::sync::Notify;

/// The most that are waited through. Servers that send any send one or two.
const MOST: usize = 100;

/// Counts the interim answers to one request.
#[derive(Clone, Default)]
pub(super) struct InterimAnswers(Arc<Counted>);

#[derive(Default)]
struct Counted {
    count: AtomicUsize,
    too_many: Notify,
}

impl InterimAnswers {
    /// Counts from now on those that `request` gets.
    pub(super) fn to<B>(request: &mut Request<B>) -> Self {
        let answers = Self::default();
        let Self(counted) = answers.clone();
        hyper::ext::on_informational(request, move |_| {
            if counted.count.fetch_add(1, Ordering::Relaxed) >= MOST {
                counted.too_many.notify_one();
            }
        });
        answers
    }

    /// Completes when there are more than may be.
    pub(super) async fn are_too_many(&self) {
        self.0.too_many.notified().await;
    }
}
