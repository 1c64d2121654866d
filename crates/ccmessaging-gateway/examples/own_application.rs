//! The gateway inside an application of your own: its routes first, the gateway for the rest.
//!
//!     UPSTREAM_BASE_URL=https://service.besclouds.com \
//!         cargo run -p ccmessaging-gateway --example own_application
//!
//! The environment sets the gateway's settings, as for the program `bootstrap`.

use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use ccmessaging_gateway::{Config, Gateway, SystemClock, report_panics, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Optional: a panic's message may quote a customer's file; from now on it is not printed.
    report_panics();
    let config = Config::from_vars(std::env::vars())?;
    let gateway = Gateway::new(&config, Arc::new(SystemClock))?;
    // Optional: the first access token is there before the first upload asks for it.
    gateway.credentials().prefetch();

    let application = Router::new()
        .route("/", get(|| async { "the chat" }))
        .fallback_service(router(Arc::new(gateway)));

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 3000)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, application).await?;
    Ok(())
}
