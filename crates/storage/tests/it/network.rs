//! A network between a store and its server that can be lost.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) struct Network {
    pub(crate) address: SocketAddr,
    losses: watch::Sender<()>,
}

impl Network {
    /// In front of the server with this address.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let losses = watch::Sender::new(());
        let lost = losses.subscribe();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut lost = lost.clone();
                lost.mark_unchanged();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _closed = copy_bidirectional(&mut client, &mut server) => {}
                        // Both ends stay open and receive nothing.
                        _network_is_gone = async { lost.changed().await.unwrap() } => std::future::pending().await,
                    }
                });
            }
        });
        Self { address, losses }
    }

    /// Makes all connections carry nothing, without telling either end. New ones can be made.
    pub(crate) fn lose_connections(&self) {
        self.losses.send_replace(());
    }
}
