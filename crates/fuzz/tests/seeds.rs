//! Runs every fuzz target on its seeds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_fuzz::site::site;

#[path = "../targets"]
mod targets {
    pub mod answers;
    pub mod bearer;
    pub mod bodies;
    pub mod cookie;
    pub mod cookies;
    pub mod forwarded;
    pub mod hash;
    pub mod heads;
    pub mod next;
    pub mod next_page;
    pub mod parts;
    pub mod password;
    pub mod token;
    pub mod username;
}

/// A target, by what it takes.
enum Target {
    Text(fn(&str)),
    Bytes(fn(&[u8])),
}
use Target::{Bytes, Text};

const TARGETS: [(&str, Target); 14] = [
    ("answers", Text(targets::answers::target)),
    ("bearer", Text(targets::bearer::target)),
    ("bodies", Bytes(targets::bodies::target)),
    ("cookie", Text(targets::cookie::target)),
    ("cookies", Text(targets::cookies::target)),
    ("forwarded", Text(targets::forwarded::target)),
    ("hash", Text(targets::hash::target)),
    ("heads", Text(targets::heads::target)),
    ("next", Text(targets::next::target)),
    ("next_page", Text(targets::next_page::target)),
    ("parts", Bytes(targets::parts::target)),
    ("password", Text(targets::password::target)),
    ("token", Text(targets::token::target)),
    ("username", Text(targets::username::target)),
];

/// The paths in a folder of this crate, in order.
fn paths_in(folder: &str) -> BTreeSet<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The names in a folder of this crate, without their extensions.
fn names_in(folder: &str) -> BTreeSet<String> {
    paths_in(folder).iter().map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// What the fuzzer gives to a target that takes text: the bytes until the first that is not UTF-8.
fn text_in(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// In one test, as the targets of the site share its one user.
#[test]
fn every_target_accepts_its_seeds() {
    for (name, target) in TARGETS {
        let seeds = paths_in(&format!("seeds/{name}"));
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for seed in seeds {
            println!("{}", seed.display());
            let bytes = fs::read(seed).unwrap();
            match target {
                Text(run) => run(text_in(&bytes)),
                Bytes(run) => run(&bytes),
            }
        }
    }
    site().delete();
}

#[test]
fn no_target_and_no_seed_is_left_out() {
    let run: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(run, names_in("targets"));
    assert_eq!(run, names_in("seeds"));
}
