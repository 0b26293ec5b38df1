//! Two lists of rows compared, and their difference as text.

use super::case::ExpectedRows;

/// How rows differ from those that were expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows that differ, in order: `-` those only expected, `+` those only found.
    pub rows: Vec<(char, Vec<String>)>,
    /// How many rows are alike.
    pub same: usize,
}

/// The difference between what was expected and what came out: nothing when they are alike.
pub fn difference(expected: &ExpectedRows, got: &ExpectedRows, any_order: bool) -> Option<Difference> {
    let (mut want, mut have) = (expected.rows.clone(), got.rows.clone());
    if any_order {
        want.sort();
        have.sort();
    }
    if want == have && expected.columns == got.columns {
        return None;
    }
    let edits = edits(&want, &have);
    let rows: Vec<_> =
        edits.iter().filter(|(sign, _)| *sign != ' ').map(|(sign, row)| (*sign, (*row).clone())).collect();
    Some(Difference { columns: expected.columns.clone(), same: edits.len() - rows.len(), rows })
}

impl Difference {
    /// The rows as lines that start with their signs; below each, what `below` has for it.
    pub fn written(&self, below: &[Vec<String>]) -> String {
        let mut out = format!("  | {} |\n", self.columns.join(" | "));
        for (number, (sign, row)) in self.rows.iter().enumerate() {
            out.push_str(&format!("{sign} | {} |\n", row.join(" | ")));
            for line in below.get(number).into_iter().flatten() {
                out.push_str(&format!("      {line}\n"));
            }
        }
        let rows = if self.same == 1 { "row" } else { "rows" };
        out.push_str(&format!("({} {rows} equal; - expected, + found)", self.same));
        out
    }
}

/// The shortest list of rows (or lines) to take out and put in; those that are alike are marked with a blank.
pub(crate) fn edits<'r, T: PartialEq>(want: &'r [T], have: &'r [T]) -> Vec<(char, &'r T)> {
    // Above this many pairs, rows are only compared place by place.
    const MAX_COMPARED_PAIRS: usize = 4_000_000;
    if want.len().saturating_mul(have.len()) > MAX_COMPARED_PAIRS {
        let mut out = Vec::new();
        for at in 0..want.len().max(have.len()) {
            match (want.get(at), have.get(at)) {
                (Some(a), Some(b)) if a == b => out.push((' ', a)),
                (a, b) => {
                    out.extend(a.map(|row| ('-', row)));
                    out.extend(b.map(|row| ('+', row)));
                }
            }
        }
        return out;
    }
    // longest[i][j]: the most rows that want[i..] and have[j..] have in common, in order.
    let mut longest = vec![vec![0usize; have.len() + 1]; want.len() + 1];
    for i in (0..want.len()).rev() {
        for j in (0..have.len()).rev() {
            longest[i][j] = match want[i] == have[j] {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    while i < want.len() || j < have.len() {
        if i < want.len() && j < have.len() && want[i] == have[j] {
            out.push((' ', &want[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == have.len() || (i < want.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            out.push(('-', &want[i]));
            i += 1;
        } else {
            out.push(('+', &have[j]));
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(cells: &[&str]) -> ExpectedRows {
        ExpectedRows { columns: vec!["a".into()], rows: cells.iter().map(|cell| vec![cell.to_string()]).collect() }
    }

    #[test]
    fn only_what_differs_is_shown() {
        assert_eq!(difference(&rows(&["1", "2"]), &rows(&["1", "2"]), false), None);
        assert_eq!(difference(&rows(&["1", "2"]), &rows(&["2", "1"]), true), None);
        let found = difference(&rows(&["1", "2", "3"]), &rows(&["1", "x", "3"]), false);
        let shown = found.map(|found| found.written(&[Vec::new(), vec!["why".into()]])).unwrap_or_default();
        assert_eq!(shown, "  | a |\n- | 2 |\n+ | x |\n      why\n(2 rows equal; - expected, + found)");
    }
}
