use std::future::pending;
use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::{Behaviour, Channel, Command, Received, Security, Shared, Sink};

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

type Wire = BufReader<Box<dyn Stream>>;

/// Serves a connection from the greeting to the end, or until the client hangs up.
pub(super) async fn hold(stream: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let is_implicit = shared.security == Security::Implicit;
    let wire: Wire = BufReader::new(Box::new(stream));
    let mut conversation = Conversation {
        wire,
        tls,
        shared,
        channel: Channel::Clear,
        standing: Standing::Stranger,
        sender: None,
        to: vec![],
    };
    let _whoever_came_is_gone = async {
        if is_implicit {
            conversation = conversation.protected().await?;
        }
        conversation.run().await
    }
    .await;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Stranger,
    LoggedIn,
}

struct Conversation {
    wire: Wire,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    channel: Channel,
    standing: Standing,
    sender: Option<String>,
    to: Vec<String>,
}

impl Conversation {
    async fn protected(self) -> io::Result<Self> {
        let Some(tls) = &self.tls else { return Err(io::ErrorKind::Unsupported.into()) };
        let stream = tls.accept(self.wire.into_inner()).await?;
        let wire: Wire = BufReader::new(Box::new(stream));
        Ok(Self { wire, channel: Channel::Tls, ..self })
    }

    async fn run(mut self) -> io::Result<()> {
        match self.shared.behaviour() {
            Behaviour::SilentAfterAccept => return pending().await,
            Behaviour::Greets { code } => return self.say(&format!("{code} no")).await,
            Behaviour::Closes => return self.say("220 sink.example.org ESMTP\r\n221 2.0.0 closing").await,
            _ => self.say("220 sink.example.org ESMTP").await?,
        }
        while let Some(line) = self.line().await? {
            let (verb, rest) = line.split_once(' ').unwrap_or((line.as_str(), ""));
            let verb = verb.to_ascii_uppercase();
            // No secret is kept.
            let kept =
                if verb == "AUTH" { line.split(' ').take(2).collect::<Vec<_>>().join(" ") } else { line.clone() };
            self.note(kept);
            match verb.as_str() {
                "EHLO" => self.introduce().await?,
                "HELO" | "NOOP" => self.say("250 ok").await?,
                "STARTTLS" if self.channel == Channel::Clear && self.tls.is_some() => {
                    let injected = match self.shared.behaviour() {
                        Behaviour::Injects { answers } => injected(answers),
                        _ => String::new(),
                    };
                    self.say(&format!("220 go ahead{injected}")).await?;
                    self = self.protected().await?;
                }
                "AUTH" => self.log_in(rest).await?,
                "MAIL" => self.take_sender(rest).await?,
                "RCPT" => match self.shared.behaviour() {
                    Behaviour::Rejects { code } | Behaviour::Defers { code } => self.refuse(code, rest).await?,
                    Behaviour::CutsAtRcpt => return Ok(()),
                    _ => {
                        self.to.push(address(rest));
                        self.say("250 2.1.5 ok").await?;
                    }
                },
                "DATA" if self.to.is_empty() => self.say("503 5.5.1 for whom?").await?,
                "DATA" => {
                    self.say("354 go ahead").await?;
                    let Some(raw) = self.mail().await? else { return Ok(()) };
                    self.note(".".to_owned());
                    let mail = Received {
                        from: self.sender.take().unwrap_or_default(),
                        to: std::mem::take(&mut self.to),
                        raw,
                    };
                    match self.shared.behaviour() {
                        Behaviour::SilentAfterData => return pending().await,
                        Behaviour::CutsAfterData => return Ok(()),
                        Behaviour::RejectsMail { code } => self.refuse(code, "this").await?,
                        behaviour => {
                            self.shared.mails.send_modify(|mails| mails.push(mail));
                            self.say("250 2.0.0 taken").await?;
                            if behaviour == Behaviour::CutsAfterMail {
                                return Ok(());
                            }
                        }
                    }
                }
                "RSET" => {
                    (self.sender, self.to) = (None, vec![]);
                    self.say("250 ok").await?;
                }
                "QUIT" if self.shared.behaviour() == Behaviour::SilentAtQuit => return pending().await,
                "QUIT" => {
                    self.say("221 2.0.0 bye").await?;
                    return Ok(());
                }
                _ => self.say("500 5.5.2 what?").await?,
            }
        }
        Ok(())
    }

    async fn introduce(&mut self) -> io::Result<()> {
        let behaviour = self.shared.behaviour();
        let mut lines = vec!["sink.example.org", "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"];
        if behaviour == Behaviour::BlankLine {
            lines.push("  ");
        }
        let has_tls = self.tls.is_some() && self.channel == Channel::Clear;
        if has_tls && behaviour != Behaviour::WithoutStartTls {
            lines.push("STARTTLS");
        }
        if self.channel == Channel::Tls && behaviour != Behaviour::WithoutAuth {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.pop().unwrap_or_default();
        let mut answer = String::new();
        for line in lines {
            answer.extend(["250-", line, "\r\n"]);
        }
        self.say(&format!("{answer}250 {last}")).await
    }

    async fn log_in(&mut self, rest: &str) -> io::Result<()> {
        if self.channel == Channel::Clear {
            return self.say("538 5.7.11 not in the clear").await;
        }
        let given = match rest.split_once(' ').unwrap_or((rest, "")) {
            ("PLAIN", "") => self.ask("").await?,
            ("PLAIN", initial) => decode(initial),
            ("LOGIN", _) => {
                let user = self.ask("VXNlcm5hbWU6").await?;
                format!("\0{user}\0{}", self.ask("UGFzc3dvcmQ6").await?)
            }
            _ => return self.say("504 5.5.4 not that way").await,
        };
        let is_right = given == format!("\0{}\0{}", Sink::USER, Sink::PASSWORD);
        if is_right && self.shared.behaviour() != Behaviour::RefusesPassword {
            self.standing = Standing::LoggedIn;
            self.say("235 2.7.0 welcome").await
        } else {
            self.say(&format!("535 5.7.8 {} is not {}", Sink::PASSWORD, Sink::USER)).await
        }
    }

    async fn ask(&mut self, challenge: &str) -> io::Result<String> {
        self.say(&format!("334 {challenge}")).await?;
        Ok(decode(&self.line().await?.unwrap_or_default()))
    }

    async fn take_sender(&mut self, rest: &str) -> io::Result<()> {
        if self.shared.security != Security::Plain && self.standing == Standing::Stranger {
            return self.say("530 5.7.0 who are you?").await;
        }
        if let Behaviour::RejectsSender { code } = self.shared.behaviour() {
            return self.refuse(code, rest).await;
        }
        self.sender = Some(address(rest));
        self.say("250 2.1.0 ok").await
    }

    /// Quotes the refused address, as relays do.
    async fn refuse(&mut self, code: u16, whom: &str) -> io::Result<()> {
        self.say(&format!("{code} {}.1.1 {whom} is refused", code / 100)).await
    }

    /// Reads a mail up to the line with only a dot. `None` if the client hangs up before that.
    async fn mail(&mut self) -> io::Result<Option<String>> {
        let mut mail = String::new();
        while let Some(line) = self.line().await? {
            if line == "." {
                return Ok(Some(mail));
            }
            mail.push_str(line.strip_prefix('.').unwrap_or(&line));
            mail.push_str("\r\n");
        }
        Ok(None)
    }

    /// Reads a line, which only CRLF ends.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            if self.wire.read_until(b'\n', &mut line).await? == 0 {
                return Ok(None);
            }
        }
        line.truncate(line.len() - 2);
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.wire.write_all(format!("{answer}\r\n").as_bytes()).await?;
        self.wire.flush().await
    }

    fn note(&self, line: String) {
        self.shared.commands.send_modify(|commands| commands.push(Command { line, channel: self.channel }));
    }
}

/// Returns the first of the answers to EHLO, AUTH, MAIL, RCPT, DATA and the mail.
fn injected(answers: u8) -> String {
    let all = ["250-sink.example.org\r\n250 AUTH PLAIN", "235 ok", "250 ok", "250 ok", "354 ok", "250 ok"];
    all.iter().take(answers.into()).flat_map(|answer| ["\r\n", answer]).collect()
}

fn decode(text: &str) -> String {
    let bytes = BASE64_STANDARD.decode(text).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the address between the angle brackets of `FROM:<ada@example.org> SIZE=1`.
fn address(rest: &str) -> String {
    let inside = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or("", |(address, _)| address).to_owned()
}
