//! Fits: a line, and an autoregressive model, by least squares.

/// A straight line.
pub(super) struct Line {
    middle: (f64, f64),
    slope: f64,
}

impl Line {
    /// The line with the least squares of distances; through a single point it is level, through none it is zero.
    pub(super) fn through(points: &[(f64, f64)]) -> Line {
        let n = points.len().max(1) as f64;
        let middle = (points.iter().map(|(x, _)| x).sum::<f64>() / n, points.iter().map(|(_, y)| y).sum::<f64>() / n);
        let (mut xx, mut xy) = (0.0, 0.0);
        for (x, y) in points {
            xx += (x - middle.0) * (x - middle.0);
            xy += (x - middle.0) * (y - middle.1);
        }
        Line { middle, slope: if xx > 0.0 { xy / xx } else { 0.0 } }
    }

    /// Its height.
    pub(super) fn at(&self, x: f64) -> f64 {
        self.middle.1 + self.slope * (x - self.middle.0)
    }
}

/// How far back a model of so many values can look: as many equations as unknowns are needed, and the constant is one of
/// them.
pub(super) fn widest(values: usize) -> usize {
    values.saturating_sub(1) / 2
}

/// What a model makes of each value from the `back` values before it, and of so many values ahead. `None` where there is
/// too little before.
pub(super) fn autoregressive(values: &[f64], back: usize, ahead: usize) -> Vec<Option<f64>> {
    let back = back.min(widest(values.len()));
    let weights = if back == 0 { None } else { weights(values, back) };
    let mut series = values.to_vec();
    let mut out = Vec::with_capacity(values.len() + ahead);
    for at in 0..values.len() + ahead {
        let predicted = weights.as_ref().filter(|_| at >= back).map(|weights| {
            let before = series[at - back..at].iter();
            weights[back] + before.zip(&weights[..back]).map(|(value, weight)| value * weight).sum::<f64>()
        });
        if at >= values.len() {
            series.push(predicted.unwrap_or_default());
        }
        out.push(predicted);
    }
    out
}

/// The weights of the values before, oldest first, and the constant.
fn weights(values: &[f64], back: usize) -> Option<Vec<f64>> {
    // Around the mean the sums stay small, and so do the errors of the arithmetic.
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let values: Vec<f64> = values.iter().map(|n| n - mean).collect();
    let equations = values.len() - back;
    // products[i][j]: sum over the equations of the i-th times the j-th value before; the last is the value itself.
    // Each is its upper left neighbour, less the first equation's product and with one more at the end.
    let mut products = vec![vec![0.0; back + 1]; back + 1];
    for i in 0..=back {
        for j in i..=back {
            products[i][j] = match i {
                0 => (0..equations).map(|k| values[k] * values[k + j]).sum(),
                _ => {
                    products[i - 1][j - 1] - values[i - 1] * values[j - 1]
                        + values[equations + i - 1] * values[equations + j - 1]
                }
            };
            products[j][i] = products[i][j];
        }
    }
    let sum = |i: usize| values[i..i + equations].iter().sum::<f64>();
    let mut normal: Vec<Vec<f64>> =
        (0..back).map(|i| products[i][..back].iter().copied().chain([sum(i), products[i][back]]).collect()).collect();
    normal.push((0..back).map(sum).chain([equations as f64, sum(back)]).collect());
    // A touch of ridge: a series that repeats itself has many fits, this takes the smallest.
    let scale = (0..back).map(|i| normal[i][i]).fold(0.0, f64::max);
    (0..back).for_each(|i| normal[i][i] += scale.max(f64::MIN_POSITIVE) * 1e-10);
    let mut weights = solve(normal)?;
    let kept: f64 = weights[..back].iter().sum();
    weights[back] += mean * (1.0 - kept);
    Some(weights)
}

/// Solves linear equations, each row its factors and then its right side.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let size = rows.len();
    for column in 0..size {
        let best = (column..size).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, best);
        let (head, rest) = rows.split_at_mut(column + 1);
        let pivot = &head[column];
        if pivot[column].abs() < f64::MIN_POSITIVE {
            return None;
        }
        for row in rest {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(pivot).skip(column).for_each(|(cell, pivot)| *cell -= factor * pivot);
        }
    }
    let mut out = vec![0.0; size];
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| rows[row][column] * out[column]).sum();
        out[row] = (rows[row][size] - known) / rows[row][row];
    }
    out.iter().all(|n| n.is_finite()).then_some(out)
}

/// A number without what the last bits of the arithmetic left.
pub(super) fn tidy(n: f64) -> f64 {
    let short: f64 = format!("{n:.13e}").parse().unwrap_or(n);
    if short.abs() < 1e-12 { 0.0 } else { short }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found() {
        let line = Line::through(&[(0.0, 1.0), (1.0, 3.0), (2.0, 2.0), (3.0, 6.0)]);
        assert!((line.at(0.0) - 0.9).abs() < 1e-12 && (line.at(3.0) - 5.1).abs() < 1e-12);
        assert_eq!(Line::through(&[(4.0, 7.0)]).at(9.0), 7.0);
        assert_eq!(Line::through(&[]).at(1.0), 0.0);
    }

    #[test]
    fn a_wave_goes_on() {
        let values: Vec<f64> = (0..60).map(|n| 5.0 + (f64::from(n) * 0.7).sin()).collect();
        let predicted = autoregressive(&values, 27, 5);
        assert_eq!(predicted.len(), 65);
        assert_eq!(predicted[26], None);
        for (at, found) in predicted.iter().enumerate().skip(60) {
            let wanted = 5.0 + (at as f64 * 0.7).sin();
            assert!((found.unwrap() - wanted).abs() < 1e-3, "{at}: {found:?} {wanted}");
        }
    }

    #[test]
    fn too_few_values_give_no_model() {
        assert_eq!(autoregressive(&[1.0], 3, 2), [None, None, None]);
        assert!(autoregressive(&[], 3, 0).is_empty());
    }
}
