//! Why a `json` stage did not match a message.

use crate::diagnostics::nearest;
use crate::run::json::blob::blob;
use serde_json::Value;

/// Why not all paths lead somewhere in a text. `None` if nothing is to be said.
pub(super) fn reason(text: &str, paths: &[String]) -> Option<String> {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let Some(json) = read(text).or_else(|| read(blob(text)?)) else {
        return Some("the text is not JSON".into());
    };
    let plain = |path: &&String| !path.contains(['[', '*', '(']);
    let missing = paths.iter().filter(plain).find_map(|path| missing(&json, path));
    missing.or_else(|| {
        let path = paths.iter().find(|path| !plain(path))?;
        Some(format!("the path `{path}` leads nowhere"))
    })
}

/// Where a path of plain keys ends too early.
fn missing(json: &Value, path: &str) -> Option<String> {
    let keys: Vec<&str> = path.trim_start_matches("$.").split('.').collect();
    let mut at = json;
    for (number, key) in keys.iter().enumerate() {
        if let Some(next) = at.get(key) {
            at = next;
            continue;
        }
        let inside = match number {
            0 => "the JSON".to_string(),
            _ => format!("`{}`", keys[..number].join(".")),
        };
        let Some(object) = at.as_object() else {
            return Some(format!("{inside} is not an object, so it has no key `{key}`"));
        };
        let rest = keys[number..].join(".");
        let near = if object.contains_key(&rest) && number + 1 < keys.len() {
            format!("; it has the key `{rest}`, with a dot in it: write `['{rest}']`")
        } else if let Some(other) = object.keys().find(|other| other.to_lowercase() == key.to_lowercase()) {
            format!("; it has `{other}`, with different case")
        } else if let Some(other) = nearest(key, object.keys().map(String::as_str)) {
            format!("; it has `{other}`")
        } else {
            String::new()
        };
        return Some(format!("{inside} has no key `{key}`{near}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_name_the_key() {
        let text = "x {\"User\":{\"name\":1},\"a.b\":2,\"list\":[1]}";
        for (path, why) in [
            ("user.name", "the JSON has no key `user`; it has `User`, with different case"),
            ("User.nam", "`User` has no key `nam`; it has `name`"),
            ("a.b", "the JSON has no key `a`; it has the key `a.b`, with a dot in it: write `['a.b']`"),
            ("User.name.x", "`User.name` is not an object, so it has no key `x`"),
            ("list[7]", "the path `list[7]` leads nowhere"),
        ] {
            assert_eq!(reason(text, &[path.to_string()]).as_deref(), Some(why), "{path}");
        }
        assert_eq!(reason("no", &["a".into()]).as_deref(), Some("the text is not JSON"));
        assert_eq!(reason("{\"a\":1}", &["a".into()]), None);
    }
}
