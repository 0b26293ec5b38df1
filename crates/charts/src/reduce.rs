//! What of a model is drawn: the shape that suits it, and the largest of many names or series.

use super::ChartKind;
use super::model::{Along, Model, Series, Shape};
use super::numbers::number;
use super::times;

/// The most series with a colour of their own; one more stands for the others.
const SERIES: usize = 7;
/// The most bars or columns.
const BARS: usize = 30;
/// The most parts of a circle.
const PARTS: usize = 7;

/// The model in the shape that was asked for. The error is a text for the user.
pub(super) fn reduced(mut model: Model, kind: ChartKind) -> Result<Model, String> {
    if model.series.is_empty() {
        return Ok(model);
    }
    let moments = matches!(model.along, Along::Times(_));
    model.shape = match kind {
        ChartKind::Auto if moments && model.along.len() > 1 => Shape::Line,
        ChartKind::Auto if model.along.len() == 1 && model.series.len() == 1 && !moments => Shape::Number,
        ChartKind::Auto | ChartKind::Bar => Shape::Bar,
        ChartKind::Column => Shape::Column,
        ChartKind::Line => Shape::Line,
        ChartKind::Area => Shape::Area,
        ChartKind::Pie => Shape::Pie,
    };
    if model.shape == Shape::Pie {
        parts(&mut model)?;
    }
    series(&mut model);
    if let (Shape::Bar, Along::Times(moments)) = (model.shape, &model.along) {
        if moments.len() > BARS {
            // The latest: the largest of times would be in no order.
            let drop = moments.len() - BARS;
            model
                .notes
                .push(format!("bars show only the last {BARS} of {} times; use `column` to show all", moments.len()));
            model.along = Along::Times(moments[drop..].to_vec());
            model.series.iter_mut().for_each(|series| drop_first(&mut series.values, drop));
        }
        if let Along::Times(moments) = &model.along {
            model.along = Along::Names(times::names(moments, model.zone));
        }
    }
    match model.shape {
        Shape::Bar | Shape::Column => names(&mut model, BARS),
        Shape::Pie => names(&mut model, PARTS),
        _ => {}
    }
    Ok(model)
}

fn drop_first(values: &mut Vec<Option<f64>>, count: usize) {
    values.drain(..count);
}

/// One series of parts: the totals of several, or the only one.
fn parts(model: &mut Model) -> Result<(), String> {
    if model.values().any(|value| value < 0.0) {
        return Err("a pie chart can't show negative numbers".to_string());
    }
    if model.series.len() > 1 {
        if !(model.split && model.additive) {
            return Err("a pie chart shows only one column of numbers: keep one with `| fields`".to_string());
        }
        let names = model.series.iter().map(|series| series.name.clone()).collect();
        let values = model.series.iter().map(|series| Some(series.total())).collect();
        model.along = Along::Names(names);
        model.series = vec![Series { name: String::new(), values, rest: false }];
    }
    if let Along::Times(moments) = &model.along {
        model.along = Along::Names(times::names(moments, model.zone));
    }
    let total = model.series.first().map_or(0.0, Series::total);
    if total <= 0.0 {
        return Err("a pie chart needs a number other than zero".to_string());
    }
    Ok(())
}

/// The largest series; the others are added up where that means something, and left out otherwise.
fn series(model: &mut Model) {
    let all = model.series.len();
    if all <= SERIES + 1 {
        return;
    }
    let sizes: Vec<f64> =
        model.series.iter().map(|s| s.values.iter().flatten().map(|value| value.abs()).sum()).collect();
    let keep = largest(&sizes, SERIES);
    let (kept, others): (Vec<_>, Vec<_>) =
        std::mem::take(&mut model.series).into_iter().enumerate().partition(|(at, _)| keep[*at]);
    model.series = kept.into_iter().map(|(_, series)| series).collect();
    if model.additive && model.split {
        let sum = |at: usize| {
            let known = others.iter().filter_map(|(_, series)| series.values[at]);
            known.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
        };
        let values = (0..model.along.len()).map(sum).collect();
        model.series.push(Series { name: format!("{} others", others.len()), values, rest: true });
        model.notes.push(format!("the {SERIES} largest of {all} series are drawn; the others are combined"));
    } else {
        model.notes.push(format!("the {SERIES} largest of {all} series are drawn"));
    }
}

/// The largest names, by all their series, in their order.
fn names(model: &mut Model, most: usize) {
    let Along::Names(names) = &mut model.along else { return };
    let all = names.len();
    if all <= most + 1 {
        return;
    }
    let size = |at: usize| model.series.iter().filter_map(|series| series.values[at]).map(f64::abs).sum();
    let keep = largest(&(0..all).map(size).collect::<Vec<f64>>(), most);
    let kept = |at: &usize| keep[*at];
    *names = std::mem::take(names).into_iter().enumerate().filter(|(at, _)| kept(at)).map(|(_, name)| name).collect();
    let mut left = 0.0;
    for series in &mut model.series {
        let others = series.values.iter().enumerate().filter(|(at, _)| !keep[*at]).filter_map(|(_, value)| *value);
        let other: f64 = others.sum();
        left += other;
        series.values = (0..all).filter(kept).map(|at| series.values[at]).collect();
        if model.additive {
            series.values.push(Some(other));
        }
    }
    let largest_kept = model.values_but_last().fold(0.0, f64::max);
    let (others, shown) = (all - most, number(left));
    let together = format!("the {most} largest of {all} are drawn; the {others} others add up to {shown}");
    if model.additive && model.shape != Shape::Pie && left > 2.0 * largest_kept {
        // A bar for them would make all others short.
        model.series.iter_mut().for_each(|series| series.values.truncate(most));
        model.notes.push(together);
    } else if model.additive {
        let Along::Names(names) = &mut model.along else { return };
        names.push(format!("{others} others"));
        model.rest = true;
        model.notes.push(together);
    } else {
        model.notes.push(format!("the {most} largest of {all} are drawn"));
    }
}

/// Which of the sizes are among the largest; of equal ones the first.
fn largest(sizes: &[f64], most: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]).then(a.cmp(b)));
    let mut keep = vec![false; sizes.len()];
    order.into_iter().take(most).for_each(|at| keep[at] = true);
    keep
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Series of a name and values, over as many names or, a minute each, times.
    fn model(times: bool, series: &[(&str, &[f64])]) -> Model {
        let count = series.first().map_or(0, |(_, values)| values.len());
        let along = match times {
            true => Along::Times((0..count as i64).map(|at| at * 60_000).collect()),
            false => Along::Names((0..count).map(|at| format!("n{at}")).collect()),
        };
        let series = series.iter().map(|(name, values)| Series {
            name: name.to_string(),
            values: values.iter().map(|value| Some(*value)).collect(),
            rest: false,
        });
        Model { along, series: series.collect(), additive: true, split: true, ..Model::default() }
    }

    fn names(model: &Model) -> Vec<&str> {
        match &model.along {
            Along::Names(names) => names.iter().map(String::as_str).collect(),
            Along::Times(_) => Vec::new(),
        }
    }

    #[test]
    fn the_shape_that_suits() {
        for (times, values, kind, shape) in [
            (true, &[1.0, 2.0] as &[f64], ChartKind::Auto, Shape::Line),
            (true, &[1.0], ChartKind::Auto, Shape::Bar),
            (false, &[1.0, 2.0], ChartKind::Auto, Shape::Bar),
            (false, &[1.0], ChartKind::Auto, Shape::Number),
            (false, &[1.0, 2.0], ChartKind::Column, Shape::Column),
            (false, &[1.0, 2.0], ChartKind::Line, Shape::Line),
            (true, &[1.0, 2.0], ChartKind::Area, Shape::Area),
            (true, &[1.0, 2.0], ChartKind::Pie, Shape::Pie),
            (false, &[], ChartKind::Bar, Shape::Bar),
        ] {
            let reduced = reduced(model(times, &[("x", values)]), kind).unwrap();
            assert_eq!(reduced.shape, shape, "{times} {values:?} {kind:?}");
        }
        assert_eq!(reduced(Model::default(), ChartKind::Pie).unwrap().shape, Shape::Nothing);
    }

    #[test]
    fn the_largest_series_and_the_rest() {
        let values: Vec<[f64; 2]> = (0..10).map(|n| [f64::from(n), f64::from(n)]).collect();
        let labels: Vec<String> = (0..10).map(|n| format!("s{n}")).collect();
        let all: Vec<(&str, &[f64])> = labels.iter().map(String::as_str).zip(values.iter().map(|v| &v[..])).collect();
        let lines = reduced(model(true, &all), ChartKind::Line).unwrap();
        assert_eq!(lines.series.len(), SERIES + 1);
        let rest = lines.series.last().unwrap();
        assert_eq!((rest.name.as_str(), &rest.values, rest.rest), ("3 others", &vec![Some(3.0), Some(3.0)], true));
        assert_eq!(lines.notes, ["the 7 largest of 10 series are drawn; the others are combined"]);
        // Averages do not add up.
        let averages = Model { additive: false, ..model(true, &all) };
        let averages = reduced(averages, ChartKind::Line).unwrap();
        assert_eq!((averages.series.len(), averages.series[0].name.as_str()), (SERIES, "s3"));
        assert_eq!(averages.notes, ["the 7 largest of 10 series are drawn"]);
        // One more than have a colour is drawn as it is.
        assert_eq!(reduced(model(true, &all[..8]), ChartKind::Line).unwrap().notes, [""; 0]);
    }

    #[test]
    fn the_largest_names_and_the_rest() {
        let values: Vec<f64> = (0..40).map(f64::from).collect();
        let bars = reduced(model(false, &[("n", &values)]), ChartKind::Bar).unwrap();
        // The ten smallest, 0 to 9.
        assert_eq!((names(&bars).len(), names(&bars)[BARS], bars.rest), (BARS + 1, "10 others", true));
        assert_eq!(bars.series[0].values[BARS], Some(45.0));
        assert_eq!(bars.notes, ["the 30 largest of 40 are drawn; the 10 others add up to 45"]);
        let equal = [1.0; 200];
        let bars = reduced(model(false, &[("n", &equal)]), ChartKind::Bar).unwrap();
        assert_eq!((names(&bars).len(), bars.rest), (BARS, false), "one bar would make all others short");
        let pie = reduced(model(false, &[("n", &equal)]), ChartKind::Pie).unwrap();
        assert_eq!((names(&pie).len(), pie.rest), (PARTS + 1, true), "a circle shows the whole");
        let times = reduced(model(true, &[("n", &values)]), ChartKind::Bar).unwrap();
        assert_eq!((names(&times).len(), times.series[0].values[0]), (BARS, Some(10.0)), "the latest");
        assert_eq!(times.notes, ["bars show only the last 30 of 40 times; use `column` to show all"]);
    }

    #[test]
    fn circles() {
        let of_series = reduced(model(true, &[("a", &[1.0, 2.0]), ("b", &[3.0, 4.0])]), ChartKind::Pie).unwrap();
        assert_eq!((names(&of_series), &of_series.series[0].values), (vec!["a", "b"], &vec![Some(3.0), Some(7.0)]));
        let error = |model: Model| reduced(model, ChartKind::Pie).unwrap_err();
        assert_eq!(error(model(false, &[("a", &[-1.0])])), "a pie chart can't show negative numbers");
        assert_eq!(error(model(false, &[("a", &[0.0])])), "a pie chart needs a number other than zero");
        let columns = Model { split: false, ..model(false, &[("a", &[1.0]), ("b", &[1.0])]) };
        assert!(error(columns).starts_with("a pie chart shows only one column of numbers"));
    }
}
