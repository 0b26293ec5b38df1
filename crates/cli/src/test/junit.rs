//! The results of golden tests as JUnit XML, which CI servers read.

use super::CaseFile;
use super::runner::Verdict;
use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};
use std::io;
use std::time::Duration;

/// One case that was run, what came of it, and how long it took.
pub type Ran<'r> = (&'r CaseFile, &'r Verdict, Duration);

/// Writes a suite for each query.
///
/// # Errors
/// What the file says that is written to.
pub fn write(ran: &[Ran<'_>], out: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(out, b' ', 2);
    let failed = |ran: &[Ran<'_>]| ran.iter().filter(|(_, verdict, _)| matches!(verdict, Verdict::Failed(_))).count();
    let seconds = |ran: &[Ran<'_>]| format!("{:.3}", ran.iter().map(|(_, _, took)| took.as_secs_f64()).sum::<f64>());
    let (tests, failures, time) = (ran.len().to_string(), failed(ran).to_string(), seconds(ran));
    let counts = [("tests", tests.as_str()), ("failures", failures.as_str()), ("time", time.as_str())];
    let suites = writer.create_element("testsuites").with_attributes(counts);
    suites.write_inner_content(|writer| {
        for suite in ran.chunk_by(|(one, ..), (two, ..)| one.query == two.query) {
            let query = suite.first().map(|(found, ..)| found.query.to_string_lossy()).unwrap_or_default();
            let (tests, failures, time) = (suite.len().to_string(), failed(suite).to_string(), seconds(suite));
            let about = [("name", &*query), ("tests", &tests), ("failures", &failures), ("time", &time)];
            writer.create_element("testsuite").with_attributes(about).write_inner_content(|writer| {
                for (found, verdict, took) in suite {
                    let name = found.case.file_stem().unwrap_or_default().to_string_lossy();
                    let (file, time) = (found.case.to_string_lossy(), format!("{:.3}", took.as_secs_f64()));
                    let about = [("classname", &*query), ("name", &*name), ("file", &*file), ("time", time.as_str())];
                    let case = writer.create_element("testcase").with_attributes(about);
                    match verdict {
                        Verdict::Passed => case.write_empty()?,
                        Verdict::Failed(why) => case.write_inner_content(|writer| {
                            let first = why.lines().next().unwrap_or_default();
                            let failure = writer.create_element("failure").with_attribute(("message", first));
                            failure.write_text_content(BytesText::new(&printable(why))).map(|_| ())
                        })?,
                    };
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    writer.write_event(Event::Text(BytesText::new("\n")))
}

/// Without the control characters that XML can't hold.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t' | '\r') { '\u{fffd}' } else { c }).collect()
}
