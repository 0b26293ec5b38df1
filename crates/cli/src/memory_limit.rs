//! The memory limit: sizes as written, and the default.

/// A size such as `512M`, `2G`, `1.5GiB` or a number of bytes. Units are powers of 1024.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let unit = unit.trim().to_lowercase();
    let power = match unit.trim_end_matches("ib").trim_end_matches('b') {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return Err("expected a size such as 512M or 2G".to_string()),
    };
    match number.parse::<f64>() {
        Ok(number) if number > 0.0 => Ok((number * 1024f64.powi(power)) as usize),
        _ => Err("expected a size such as 512M or 2G".to_string()),
    }
}

/// Three quarters of the memory that is free for use now, so that a query ends in a message and not in the kernel's
/// hands. No limit where the system does not tell.
pub(super) fn default_limit() -> usize {
    let system = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    [system, group].into_iter().flatten().min().map_or(usize::MAX, |bytes: usize| bytes / 4 * 3)
}

fn available(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

/// Bytes for people: `1.5 GiB`.
pub(super) fn shown(bytes: usize) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    let number = format!("{value:.1}");
    format!("{} {}", number.trim_end_matches(".0"), units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_written() {
        for (text, bytes) in [("100", 100), ("1k", 1024), ("2 MiB", 2 << 20), ("1.5G", 3 << 29), ("1GB", 1 << 30)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "x", "5 parsecs", "-1", "1.2.3"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert_eq!(shown(3 << 29), "1.5 GiB");
        assert_eq!(shown(100), "100 bytes");
        assert_eq!(available("MemTotal: 5 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
    }
}
