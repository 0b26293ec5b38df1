//! Errors of reading, in words for the user.

use std::io;

/// What went wrong, in few words.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".into(),
        io::ErrorKind::PermissionDenied => "reading it is not allowed".into(),
        _ => error.to_string(),
    }
}
