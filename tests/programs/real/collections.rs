// What a Rust program asks of its runtime: collections with random hash
// seeds, files, threads, channels, a caught panic, and an exit status.
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, BufRead, Write};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

fn count_words(text: &str) -> BTreeMap<String, usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_string()).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

fn files(path: &str) -> io::Result<usize> {
    let mut file = fs::File::create(path)?;
    for i in 0..1000u64 {
        writeln!(file, "{} {}", i, i * i)?;
    }
    file.sync_all()?;
    drop(file);
    let lines = io::BufReader::new(fs::File::open(path)?).lines().count();
    println!("{} bytes", fs::metadata(path)?.len());
    fs::remove_file(path)?;
    Ok(lines)
}

fn threads() -> u64 {
    let total = Arc::new(Mutex::new(0u64));
    let (sender, receiver) = mpsc::channel();
    let workers: Vec<_> = (0..4u64)
        .map(|i| {
            let total = Arc::clone(&total);
            let sender = sender.clone();
            thread::spawn(move || {
                for step in 0..100 {
                    *total.lock().unwrap() += i * step;
                }
                thread::sleep(Duration::from_millis(1));
                sender.send(i).unwrap();
            })
        })
        .collect();
    drop(sender);
    let mut heard: Vec<u64> = receiver.iter().collect();
    heard.sort();
    println!("heard {:?}", heard);
    for worker in workers {
        worker.join().unwrap();
    }
    let sum = *total.lock().unwrap();
    sum
}

fn main() {
    let start = Instant::now();
    let path = std::env::args().nth(1).expect("path");
    println!("{:?}", count_words("a rose is a rose is a rose"));
    println!("{:?}", files(&path).map_err(|error| error.kind()));
    println!("{:?}", fs::read("/no/such/file").map_err(|error| error.kind()));
    println!("{}", threads());
    let panic = std::panic::catch_unwind(|| {
        let numbers: Vec<i32> = vec![1, 2, 3];
        numbers[std::env::args().count() + 5]
    });
    println!("panic caught: {}", panic.is_err());
    println!("time runs: {}", start.elapsed() > Duration::from_nanos(0));
    io::stdout().flush().unwrap();
    std::process::exit(7);
}
