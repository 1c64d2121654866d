//! Connections of a real server: what is served, when they close, and what a stop ends.

use std::convert::Infallible;
use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::Mutex;

use axum::body::Body;
use axum::routing::get;
use futures_util::stream::poll_fn;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, advance, pause, resume};

use super::*;
use crate::Config;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";

/// Reads until the server closes the connection.
async fn response(mut client: TcpStream) -> String {
    let mut response = String::new();
    client.read_to_string(&mut response).await.expect("text");
    response
}

fn bind<const N: usize>(settings: [(&str, &str); N]) -> Server {
    let upstream = ("UPSTREAM_BASE_URL", "https://upstream.example.com");
    let vars = settings.into_iter().chain([upstream]);
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_vars(vars).expect("usable settings");
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Server::bind(any_port, config.connections).expect("a free port")
}

/// Serves until something is sent.
fn serve(server: Server, router: Router) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let workers = Workers::start().expect("threads");
    let (stop, stopped) = oneshot::channel();
    let stopped = async { stopped.await.expect("sent") };
    let serving = tokio::spawn(server.serve(router, workers, stopped));
    (stop, serving)
}

#[tokio::test]
async fn requests_that_arrived_before_the_stop_are_answered_on_every_worker() {
    let server = bind([]);
    let address = server.address();
    let router = Router::new().route("/", get(async || "served"));
    let (stop, serving) = serve(server, router);

    let mut clients = Vec::new();
    for _ in 0..8 {
        clients.push(TcpStream::connect(address).await.expect("a connection"));
    }
    // Connections are accepted in order, so a response to the last means that all are.
    let mut last = TcpStream::connect(address).await.expect("a connection");
    last.write_all(REQUEST).await.expect("an open connection");
    assert!(response(last).await.ends_with("served"));
    for client in &mut clients {
        client.write_all(REQUEST).await.expect("an open connection");
    }
    stop.send(()).expect("a server");
    for client in clients {
        let response = response(client).await;
        assert!(response.ends_with("served"), "{response}");
    }
    serving.await.expect("no panic");
}

#[tokio::test]
async fn the_last_response_announces_that_its_connection_closes() {
    let server = bind([]);
    let address = server.address();
    let [arrived, released] = [(); 2].map(|()| Arc::new(Notify::new()));
    let (arriving, releasing) = (Arc::clone(&arrived), Arc::clone(&released));
    let handler = async move || {
        arriving.notify_one();
        releasing.notified().await;
        "served"
    };
    let router = Router::new().route("/", get(handler));
    let (stop, serving) = serve(server, router);

    let mut client = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
    client.write_all(request).await.expect("an open connection");
    arrived.notified().await;
    stop.send(()).expect("a server");
    while TcpStream::connect(address).await.is_ok() {}
    released.notify_one();
    let response = response(client).await;
    assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
    assert!(response.ends_with("served"), "{response}");
    serving.await.expect("no panic");
}

/// Reports that its request is being dropped, and waits for the test.
struct InFlight {
    dropping: Arc<Notify>,
    released: std::sync::mpsc::Receiver<()>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.dropping.notify_one();
        self.released.recv().expect("a release");
    }
}

#[tokio::test]
async fn requests_in_flight_are_dropped_before_the_server_returns() {
    let server = bind([]);
    let address = server.address();
    let [arrived, dropping] = [(); 2].map(|()| Arc::new(Notify::new()));
    let (release, released) = std::sync::mpsc::channel();
    let in_flight = InFlight {
        dropping: Arc::clone(&dropping),
        released,
    };
    let in_flight = Arc::new(Mutex::new(Some(in_flight)));
    let arriving = Arc::clone(&arrived);
    let handler = async move || {
        let _in_flight = in_flight.lock().expect("no panic").take();
        arriving.notify_one();
        pending::<()>().await;
    };
    let router = Router::new().route("/", get(handler));
    let (stop, serving) = serve(server, router);

    let mut client = TcpStream::connect(address).await.expect("a connection");
    client.write_all(REQUEST).await.expect("an open connection");
    arrived.notified().await;
    let draining = Instant::now();
    pause();
    stop.send(()).expect("a server");
    while draining.elapsed() < STOP_TIMEOUT {
        yield_now().await;
        advance(LAST_REQUESTS_PAUSE).await;
    }
    resume();
    dropping.notified().await;
    assert!(!serving.is_finished());
    release.send(()).expect("a request");
    serving.await.expect("no panic");
}

#[tokio::test]
async fn a_streamed_response_is_not_cut_off_for_another_connection() {
    let server = bind([("MAX_CONNECTIONS", "1")]);
    let address = server.address();
    let (parts, stream) = mpsc::unbounded_channel::<Result<&str, Infallible>>();
    let stream = Arc::new(Mutex::new(Some(stream)));
    let handler = async move || {
        let mut stream = stream.lock().expect("no panic").take().expect("one call");
        Body::from_stream(poll_fn(move |cx| stream.poll_recv(cx)))
    };
    let router = Router::new()
        .route("/streamed", get(handler))
        .route("/", get(async || "served"));
    let workers = Workers::start().expect("threads");
    let routers = workers.create_each(|| router.clone());
    let full = Arc::new(Notify::new());
    let filling = Arc::clone(&full);
    let on_full = move || filling.notify_one();
    let serving = tokio::spawn(server.run(workers, routers, on_full, pending()));

    let mut streaming = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /streamed HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
    streaming
        .write_all(request)
        .await
        .expect("an open connection");
    parts.send(Ok("first")).expect("a reader");
    streaming.read_u8().await.expect("the response");
    let mut waiting = TcpStream::connect(address).await.expect("a connection");
    waiting
        .write_all(REQUEST)
        .await
        .expect("an open connection");
    let mut rest = tokio::spawn(response(streaming));
    tokio::select! {
        () = full.notified() => {}
        cut_off = &mut rest => panic!("{cut_off:?}"),
    }
    parts.send(Ok("last")).expect("a reader");
    drop(parts);
    let rest = rest.await.expect("no panic");
    assert!(rest.ends_with("4\r\nlast\r\n0\r\n\r\n"), "{rest}");
    assert!(response(waiting).await.ends_with("served"));
    serving.abort();
}
