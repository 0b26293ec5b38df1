//! Writes the records of event logs, one after the other:
//!
//! ```text
//! dump [--json] [--slack] [--headers] [--threads N] LOG…
//! ```
//!
//! `--headers` writes, before each record, a line with its offset, its number and `slack` where it lies in slack; after
//! the records of a log it writes what is lost. `compare.py` reads that.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use sumoql_evtx::{ChunkLocator, ChunkReader, Damage, Log, Region, Rendering};

/// How many regions are in memory at a time, for each thread.
const AT_ONCE: usize = 16;

#[derive(Default)]
struct Options {
    rendering: Rendering,
    slack: bool,
    headers: bool,
    threads: usize,
}

fn main() -> io::Result<()> {
    let mut options = Options::default();
    let mut args = std::env::args().skip(1);
    let mut paths = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => options.rendering = Rendering::Json,
            "--slack" => options.slack = true,
            "--headers" => options.headers = true,
            "--threads" => options.threads = args.next().and_then(|number| number.parse().ok()).unwrap_or(1),
            _ => paths.push(arg),
        }
    }
    let mut out = io::stdout().lock();
    for path in paths {
        dump(&Log::open(path)?, &options, &mut out)?;
    }
    Ok(())
}

fn dump(log: &Log, options: &Options, out: &mut impl Write) -> io::Result<()> {
    let mut locator = ChunkLocator::default();
    let mut damage = Damage::default();
    let threads = options.threads.max(1);
    let mut texts = vec![Vec::new(); threads * AT_ONCE];
    loop {
        let mut regions = Vec::new();
        while regions.len() < texts.len()
            && let Some(region) = locator.next(log)?
        {
            regions.push(region);
        }
        if regions.is_empty() {
            break;
        }
        let work = Mutex::new(regions.iter().zip(&mut texts));
        // The guard must not live while a region is read.
        let next = || work.lock().unwrap_or_else(PoisonError::into_inner).next();
        let run = || {
            let mut reader = ChunkReader::new(log, options.rendering);
            if options.slack {
                reader = reader.with_slack();
            }
            while let Some((region, text)) = next() {
                read(&mut reader, region, options, text)?;
            }
            Ok::<_, io::Error>(reader.into_damage())
        };
        if threads == 1 {
            damage.merge(run()?);
        } else {
            std::thread::scope(|scope| {
                let started: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
                for thread in started {
                    damage.merge(thread.join().map_err(|_| io::Error::other("a thread has panicked"))??);
                }
                Ok::<_, io::Error>(())
            })?;
        }
        for text in &texts[..regions.len()] {
            out.write_all(text)?;
        }
    }
    if options.headers {
        for line in damage.summary().into_iter().chain(damage.notes()) {
            writeln!(out, "\0 {line}")?;
        }
    }
    Ok(())
}

fn read(reader: &mut ChunkReader<'_>, region: &Region, options: &Options, text: &mut Vec<u8>) -> io::Result<()> {
    text.clear();
    let mut start = 0;
    reader.read(region, text, |text, record| {
        if options.headers {
            let slack = if record.in_slack { " slack" } else { "" };
            let header = format!("\0{} {}{slack}\n", record.offset, record.number);
            text.splice(start..start, header.into_bytes());
        }
        text.push(b'\n');
        start = text.len();
    })?;
    Ok(())
}
