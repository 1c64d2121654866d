//! Which of a server's threads serves a connection: the one that has the fewest.
//!
//! All of them accept connections. The first that is awake would keep all that come together, such as
//! those of a load balancer, and the other processors would have nothing to do.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::limit::ConnectionSlot;

/// One of the threads of a server.
#[derive(Debug)]
pub(super) struct ServerThread {
    pub(super) assignment: Assignment,
    /// What others have accepted for it. Each has a slot, so there are never more than slots.
    pub(super) handed_over: UnboundedReceiver<HandedOver>,
}

/// Assigns what one thread accepts.
#[derive(Debug)]
pub(super) struct Assignment {
    own_number: usize,
    threads: Arc<[Recipient]>,
}

#[derive(Debug)]
struct Recipient {
    connections: UnboundedSender<HandedOver>,
    /// Each of its connections holds a clone.
    counter: Arc<()>,
}

/// A connection on the thread that serves it, or, if its stream belongs to no runtime, on its way there.
#[derive(Debug)]
pub(super) struct Accepted<S = TcpStream> {
    pub(super) stream: S,
    pub(super) slot: Arc<ConnectionSlot>,
    /// To be held as long as the connection is open.
    pub(super) counted: Arc<()>,
}

pub(super) type HandedOver = Accepted<std::net::TcpStream>;

impl ServerThread {
    /// So many threads, which share the connections.
    pub(super) fn group(count: usize) -> Vec<Self> {
        let channels = (0..count).map(|_| unbounded_channel());
        let (senders, receivers): (Vec<_>, Vec<_>) = channels.unzip();
        let recipient = |connections| Recipient {
            connections,
            counter: Arc::default(),
        };
        let threads: Arc<[Recipient]> = senders.into_iter().map(recipient).collect();
        let thread = |(own_number, handed_over)| Self {
            assignment: Assignment {
                own_number,
                threads: Arc::clone(&threads),
            },
            handed_over,
        };
        receivers.into_iter().enumerate().map(thread).collect()
    }
}

impl Assignment {
    /// Returns the connection if it is for this thread, and hands it over if it is for another.
    ///
    /// # Errors
    ///
    /// It cannot be registered with a runtime.
    pub(super) fn assign(
        &self,
        stream: TcpStream,
        slot: Arc<ConnectionSlot>,
    ) -> io::Result<Option<Accepted>> {
        let number = self.least_busy();
        let thread = &self.threads[number];
        let counted = Arc::clone(&thread.counter);
        if number == self.own_number {
            return Ok(Some(Accepted {
                stream,
                slot,
                counted,
            }));
        }
        let connection = HandedOver {
            stream: stream.into_std()?,
            slot,
            counted,
        };
        match thread.connections.send(connection) {
            Ok(()) => Ok(None),
            // That thread has just ended.
            Err(unsent) => unsent.0.take_over().map(Some),
        }
    }

    /// The thread that has the fewest connections, this one before others, of those that have not ended.
    fn least_busy(&self) -> usize {
        let load = |number: &usize| {
            let connections = Arc::strong_count(&self.threads[*number].counter);
            (connections, *number != self.own_number)
        };
        let runs = |number: &usize| !self.threads[*number].connections.is_closed();
        let least = (0..self.threads.len()).filter(runs).min_by_key(load);
        least.unwrap_or(self.own_number)
    }
}

impl HandedOver {
    /// Registers the connection with the runtime of the thread that serves it.
    pub(super) fn take_over(self) -> io::Result<Accepted> {
        Ok(Accepted {
            stream: TcpStream::from_std(self.stream)?,
            slot: self.slot,
            counted: self.counted,
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::super::limit::ConnectionLimit;
    use super::*;

    /// Accepts so many connections on the first thread; returns those that it keeps.
    async fn accept(assignment: &Assignment, count: usize) -> Vec<Accepted> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let limit = Arc::new(ConnectionLimit::new(count, || false));
        let mut kept = Vec::new();
        for _ in 0..count {
            let client = TcpStream::connect(address);
            let (_client, accepted) = tokio::join!(client, listener.accept());
            let slot = Arc::new(limit.slot().await);
            let (stream, _) = accepted.expect("a connection");
            kept.extend(assignment.assign(stream, slot).expect("a runtime"));
        }
        kept
    }

    #[tokio::test]
    async fn connections_that_come_together_are_shared_evenly() {
        let mut threads = ServerThread::group(3);
        let kept = accept(&threads[0].assignment, 9).await;
        assert_eq!(kept.len(), 3);
        for thread in &mut threads[1..] {
            let mut count = 0;
            while let Ok(connection) = thread.handed_over.try_recv() {
                connection.take_over().expect("a runtime");
                count += 1;
            }
            assert_eq!(count, 3);
        }
    }

    #[tokio::test]
    async fn a_thread_that_has_ended_gets_none() {
        let mut threads = ServerThread::group(3);
        threads.remove(1);
        let kept = accept(&threads[0].assignment, 4).await;
        assert_eq!(kept.len(), 2);
        assert_eq!(threads[1].handed_over.len(), 2);
    }
}
