//! All paths of a stage, followed in one walk over the text.

use super::path::{Key, Path, Step};
use super::select::select;
use super::skeleton::Skeleton;
use crate::run::json::scan::{Quoted, Scanner, Walk};
use crate::run::json::text;
use bumpalo::Bump;
use std::sync::OnceLock;
use sumoql_data::value::Value;
use sumoql_java::regex::effort::Watch;

/// The paths of a stage.
#[derive(Debug)]
pub struct Wanted {
    nodes: Vec<Node>,
    paths: Vec<Tail>,
    /// What some messages were like.
    skeletons: [OnceLock<Option<Skeleton>>; KNOWN],
}

/// How many kinds of messages are remembered.
const KNOWN: usize = 4;

/// A place that the plain beginnings of some paths lead to. The first node is the top.
#[derive(Debug, Default)]
struct Node {
    /// Paths whose beginning ends here.
    here: Vec<usize>,
    /// Paths that end here or further down.
    all: Vec<usize>,
    names: Vec<(String, usize)>,
    indexes: Vec<(usize, usize)>,
}

/// What is left of a path after its plain beginning.
#[derive(Debug)]
struct Tail {
    steps: Vec<Step>,
    many: bool,
}

impl Wanted {
    /// Merges the beginnings of paths.
    pub fn new(paths: Vec<Path>) -> Wanted {
        let mut wanted = Wanted { nodes: vec![Node::default()], paths: Vec::new(), skeletons: Default::default() };
        for path in paths {
            let number = wanted.paths.len();
            let mut at = 0;
            wanted.nodes[at].all.push(number);
            for key in path.keys {
                at = wanted.child(at, key);
                wanted.nodes[at].all.push(number);
            }
            wanted.nodes[at].here.push(number);
            wanted.paths.push(Tail { steps: path.rest, many: path.many });
        }
        wanted
    }

    /// The same without remembering what messages are like.
    pub fn by_walk(self) -> Wanted {
        Wanted { skeletons: std::array::from_fn(|_| OnceLock::from(None)), ..self }
    }

    fn child(&mut self, at: usize, key: Key) -> usize {
        let next = self.nodes.len();
        let node = &mut self.nodes[at];
        let (known, new) = match key {
            Key::Name(name) => match node.names.iter().find(|(known, _)| *known == name) {
                Some((_, child)) => (*child, false),
                None => {
                    node.names.push((name, next));
                    (next, true)
                }
            },
            Key::Index(index) => match node.indexes.iter().find(|(known, _)| *known == index) {
                Some((_, child)) => (*child, false),
                None => {
                    node.indexes.push((index, next));
                    (next, true)
                }
            },
        };
        if new {
            self.nodes.push(Node::default());
        }
        known
    }

    /// Checks a text that must be one JSON value; for each path, the value as written that its beginning leads to. When
    /// a key occurs twice, the last one counts. `found` must be as long as there are paths, and all `None`.
    pub fn find<'t>(&self, text: &'t str, found: &mut [Option<&'t str>]) -> Walk {
        for known in &self.skeletons {
            match known.get() {
                Some(Some(skeleton)) => {
                    if skeleton.find(text, self, found) {
                        return Ok(());
                    }
                    found.fill(None);
                }
                Some(None) => {}
                // The first messages that are like none before are remembered.
                None => {
                    self.find_any(text, found)?;
                    known.get_or_init(|| Skeleton::of(text, self));
                    return Ok(());
                }
            }
        }
        self.find_any(text, found)
    }

    /// The same, without looking at what is known of other messages.
    fn find_any<'t>(&self, text: &'t str, found: &mut [Option<&'t str>]) -> Walk {
        let mut scanner = Scanner::new(text);
        scanner.blanks();
        self.walk(0, &mut scanner, found)?;
        scanner.end()
    }

    /// Whether a path ends at a place, or leads into an array there: then its value is wanted as a whole.
    pub fn is_whole(&self, node: usize) -> bool {
        !self.nodes[node].here.is_empty() || !self.nodes[node].indexes.is_empty()
    }

    /// The place that a key leads to.
    pub fn named(&self, node: usize, key: Quoted<'_>) -> Option<usize> {
        self.nodes[node].names.iter().find(|(name, _)| key.is(name)).map(|(_, child)| *child)
    }

    /// Goes over the value that comes next, which paths lead to.
    pub fn walk<'t>(&self, at: usize, scanner: &mut Scanner<'t>, found: &mut [Option<&'t str>]) -> Walk {
        let node = &self.nodes[at];
        let start = scanner.at();
        match scanner.peek() {
            Some(b'{') if !node.names.is_empty() => scanner.members(|scanner, key| match self.named(at, key) {
                Some(child) => {
                    self.nodes[child].all.iter().for_each(|path| found[*path] = None);
                    self.walk(child, scanner, found)
                }
                None => scanner.skip(),
            })?,
            Some(b'[') if !node.indexes.is_empty() => {
                scanner.items(|scanner, position| match node.indexes.iter().find(|(index, _)| *index == position) {
                    Some((_, child)) => self.walk(*child, scanner, found),
                    None => scanner.skip(),
                })?
            }
            _ => scanner.skip()?,
        }
        self.take(at, scanner.since(start), found);
        Ok(())
    }

    /// Takes a value, as written, for the paths that end at a place.
    #[inline]
    pub fn take<'t>(&self, at: usize, raw: &'t str, found: &mut [Option<&'t str>]) {
        self.nodes[at].here.iter().for_each(|path| found[*path] = Some(raw));
    }

    /// The value of a path, from where its beginning leads: nothing when the path leads nowhere. A path that can lead to
    /// many places gives an array, an empty one if its beginning is there and nothing more.
    pub fn value<'m>(&self, path: usize, beginning: &'m str, arena: &'m Bump, watch: &Watch) -> Option<Value<'m>> {
        let tail = &self.paths[path];
        if tail.steps.is_empty() {
            return Some(text::value(beginning, arena));
        }
        let mut found = Vec::new();
        select(&tail.steps, beginning, watch, &mut found);
        if !tail.many {
            return found.into_iter().next().map(|raw| text::value(arena.alloc_str(&raw), arena));
        }
        let mut out = String::from("[");
        for raw in &found {
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(&text::compact(raw));
        }
        out.push(']');
        Some(Value::Text(arena.alloc_str(&out)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::run::json::scan::Broken;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    fn found(paths: &[&str], text: &str) -> Result<Vec<Option<String>>, Broken> {
        let wanted = Wanted::new(paths.iter().map(|path| Path::read(path).unwrap()).collect());
        let mut found = vec![None; paths.len()];
        wanted.find(text, &mut found)?;
        Ok(found.into_iter().map(|raw| raw.map(str::to_string)).collect())
    }

    #[test]
    fn one_walk_finds_all() {
        let text = r#" {"a": {"b": 1.0, "c": [5, {"d": "x"}]}, "e": null } "#;
        let all = found(&["a.b", "a", "a.c[1].d", "e", "a.c[7]", "z", "a.b"], text).unwrap();
        let text: Vec<Option<&str>> = all.iter().map(Option::as_deref).collect();
        let whole = r#"{"b": 1.0, "c": [5, {"d": "x"}]}"#;
        assert_eq!(text, [Some("1.0"), Some(whole), Some("\"x\""), Some("null"), None, None, Some("1.0")]);
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        assert_eq!(
            found(&["a.b", "a"], r#"{"a":{"b":1},"a":{"c":2}}"#).unwrap(),
            [None, Some(r#"{"c":2}"#.to_string())]
        );
        assert_eq!(found(&["a"], r#"{"a":1,"\u0061":2}"#).unwrap(), [Some("2".to_string())]);
    }

    #[test]
    fn all_of_the_text_is_checked() {
        assert!(found(&["a"], r#"{"a":1,"b":}"#).is_err());
        assert!(found(&["a"], r#"{"a":1} x"#).is_err());
        assert_eq!(found(&["a"], r#"{"a":1,"b":["#), Err(Broken::Ended));
    }

    /// Any JSON value, with names and positions small enough for paths to meet them.
    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1e9..1e9f64).prop_map(Json::from),
            "\\PC{0,12}".prop_map(Json::from),
            "[a-c\"\\\\\n ]{0,12}".prop_map(Json::from),
        ];
        leaf.prop_recursive(5, 60, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                proptest::collection::vec(("[abc]|a\"b|é\n", inner), 0..5)
                    .prop_map(|members| Json::Object(members.into_iter().collect())),
            ]
        })
    }

    fn path() -> impl Strategy<Value = Vec<Key>> {
        let key = prop_oneof!["[abc]|a\"b|é\n".prop_map(Key::Name), (0usize..4).prop_map(Key::Index),];
        proptest::collection::vec(key, 0..4)
    }

    fn follow<'j>(json: &'j Json, keys: &[Key]) -> Option<&'j Json> {
        keys.iter().try_fold(json, |json, key| match key {
            Key::Name(name) => json.as_object()?.get(name),
            Key::Index(index) => json.as_array()?.get(*index),
        })
    }

    proptest! {
        #[test]
        fn finds_what_serde_finds(json in json(), paths in proptest::collection::vec(path(), 1..6), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.unwrap();
            let wanted: Vec<Path> =
                paths.iter().map(|keys| Path { keys: keys.clone(), rest: Vec::new(), many: false, bare_star: false }).collect();
            let arena = Bump::new();
            let wanted = Wanted::new(wanted);
            let mut found = vec![None; paths.len()];
            wanted.find(&text, &mut found).unwrap();
            // The second time what is known of the first time is used.
            let mut again = vec![None; paths.len()];
            wanted.find(&text, &mut again).unwrap();
            prop_assert_eq!(&again, &found);
            for (number, keys) in paths.iter().enumerate() {
                let expected = follow(&json, keys);
                prop_assert_eq!(found[number].is_some(), expected.is_some());
                let (Some(raw), Some(expected)) = (found[number], expected) else { continue };
                prop_assert_eq!(text::compact(raw), serde_json::to_string(expected).unwrap());
                let value = wanted.value(number, raw, &arena, &Watch::default()).unwrap().owned();
                match expected {
                    Json::Null => prop_assert!(value.borrow().is_null()),
                    Json::String(expected) => prop_assert_eq!(&value.to_string(), expected),
                    expected => prop_assert_eq!(value.to_string(), serde_json::to_string(expected).unwrap()),
                }
            }
        }

        #[test]
        fn refuses_what_serde_refuses(json in json(), cut: prop::sample::Index, put in "[{}\\[\\],:\"0a\\\\ -]?") {
            let text = serde_json::to_string(&json).unwrap();
            let chars: Vec<char> = text.chars().collect();
            let at = cut.index(chars.len());
            let broken: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[at + 1..].iter().copied()).collect();
            let serde = serde_json::from_str::<Json>(&broken);
            // A number out of range is none to serde; that is no matter of syntax.
            prop_assume!(!serde.as_ref().is_err_and(|error| error.to_string().contains("out of range")));
            let wanted = Wanted::new(Vec::new());
            wanted.find(&text, &mut []).unwrap();
            let own = wanted.find(&broken, &mut []);
            prop_assert_eq!(own.is_ok(), serde.is_ok(), "{}", broken);
        }
    }
}
