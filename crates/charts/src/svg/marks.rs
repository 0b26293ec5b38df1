//! Columns, lines and areas.

use super::axes::Frame;
use super::writer::Svg;
use super::{Legend, TOP, begun, colour};
use crate::model::{Along, Model, Series, Shape};
use crate::numbers::number;
use crate::times;

/// Dots on a line are drawn up to so many places.
const DOTS: usize = 60;

/// Draws the chart.
pub(super) fn document(model: &Model) -> String {
    let legend = Legend::of(model);
    let frame = Frame::new(model, &legend);
    let mut svg = begun(model, super::HEIGHT);
    frame.draw(&mut svg, model);
    match model.shape {
        Shape::Column => columns(&mut svg, model, &frame),
        Shape::Area => areas(&mut svg, model, &frame),
        _ => lines(&mut svg, model, &frame),
    }
    legend.draw(&mut svg, TOP);
    svg.end()
}

/// What a mark shows, for the pointer.
fn about(model: &Model, series: &Series, at: usize, value: f64) -> String {
    let place = match &model.along {
        Along::Times(times) => times::names(&times[at..=at], model.zone).concat(),
        Along::Names(names) => names[at].clone(),
    };
    match model.series.len() {
        1 => format!("{place}: {}", number(value)),
        _ => format!("{place}, {}: {}", series.name, number(value)),
    }
}

/// The beginning of a place, as the frame counts.
fn start(model: &Model, at: usize) -> i64 {
    match &model.along {
        Along::Times(times) => times[at],
        Along::Names(_) => at as i64,
    }
}

fn columns(svg: &mut Svg, model: &Model, frame: &Frame) {
    let stacked = model.stacked();
    let lanes = if stacked { 1 } else { model.series.len() };
    let room = frame.place_width(model.step());
    let gap = (room * 0.15).min(20.0);
    let thick = (room - gap) / lanes as f64;
    // A hair's breadth between columns, if there is room for it.
    let hair = if thick > 4.0 && lanes > 1 { 1.0 } else { 0.0 };
    for at in 0..model.along.len() {
        let mut from = 0.0;
        let left = frame.x(start(model, at)) + gap / 2.0;
        for (which, series) in model.series.iter().enumerate() {
            let Some(value) = series.values[at] else { continue };
            let lane = if stacked { 0 } else { which };
            let (bottom, top) = (frame.y(from), frame.y(from + value));
            let rest = series.rest || (model.rest && model.series.len() == 1 && at + 1 == model.along.len());
            let column = (left + thick * lane as f64, top.min(bottom), thick - hair, (top - bottom).abs());
            svg.rect(column, colour(which, rest), &about(model, series, at, value));
            if stacked {
                from += value;
            }
        }
    }
}

/// The middle of a place: names have a width, times have none.
fn middle(model: &Model, frame: &Frame, at: usize) -> f64 {
    match &model.along {
        Along::Times(times) => frame.x(times[at]),
        Along::Names(_) => frame.x(at as i64) + frame.place_width(1) / 2.0,
    }
}

fn lines(svg: &mut Svg, model: &Model, frame: &Frame) {
    for (which, series) in model.series.iter().enumerate() {
        let colour = colour(which, series.rest);
        for run in model.runs(series) {
            let place = |at: &usize| (middle(model, frame, *at), frame.y(series.values[*at].unwrap_or(0.0)));
            if run.len() > 1 {
                svg.path(&run.iter().map(place).collect::<Vec<_>>(), colour);
            }
            if run.len() == 1 || model.along.len() <= DOTS {
                for at in &run {
                    let value = series.values[*at].unwrap_or(0.0);
                    svg.dot(place(at), colour, &about(model, series, *at, value));
                }
            }
        }
    }
}

/// Areas: on top of each other if they are parts of a whole, where a gap counts as nothing; one behind the other otherwise.
fn areas(svg: &mut Svg, model: &Model, frame: &Frame) {
    if !model.stacked() {
        let opacity = if model.series.len() > 1 { "0.3" } else { "0.6" };
        for (which, series) in model.series.iter().enumerate() {
            for run in model.runs(series) {
                let x = |at: &usize| middle(model, frame, *at);
                let mut outline: Vec<_> =
                    run.iter().map(|at| (x(at), frame.y(series.values[*at].unwrap_or(0.0)))).collect();
                if let [only] = outline[..] {
                    svg.line((only.0, frame.zero()), only, colour(which, series.rest));
                    svg.dot(
                        only,
                        colour(which, series.rest),
                        &about(model, series, run[0], series.values[run[0]].unwrap_or(0.0)),
                    );
                    continue;
                }
                let ends = [run.last(), run.first()];
                outline.extend(ends.into_iter().flatten().map(|at| (x(at), frame.zero())));
                svg.shape(&outline, colour(which, series.rest), opacity);
            }
        }
        return;
    }
    let all = Series { name: String::new(), values: vec![Some(0.0); model.along.len()], rest: false };
    let stretches = model.runs(&all);
    let mut floor = vec![0.0; model.along.len()];
    for (which, series) in model.series.iter().enumerate() {
        let colour = colour(which, series.rest);
        let top: Vec<f64> = floor.iter().zip(&series.values).map(|(from, value)| from + value.unwrap_or(0.0)).collect();
        for stretch in &stretches {
            let on = |heights: &[f64], at: usize| (middle(model, frame, at), frame.y(heights[at]));
            if let [only] = stretch[..] {
                svg.line(on(&floor, only), on(&top, only), colour);
                continue;
            }
            let outline = stretch.iter().map(|at| on(&top, *at)).chain(stretch.iter().rev().map(|at| on(&floor, *at)));
            svg.shape(&outline.collect::<Vec<_>>(), colour, "0.85");
        }
        floor = top;
    }
}
