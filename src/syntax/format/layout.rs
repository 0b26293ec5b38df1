//! Tokens with their brackets, and where lines may break in them.

use super::doc::Doc;
use super::spacing::{may_begin_line, space};
use super::tokens::{Comment, Token, TokenKind, Tokens};

/// A token, or what stands in brackets.
pub(super) enum Node {
    /// The token at this place.
    Token(usize),
    /// The places of the brackets, and what is between them.
    Bracket(usize, Vec<Node>, usize),
}

/// Nodes between separators, with the separator before them.
type StagePart<'n> = (Option<usize>, &'n [Node]);

impl Node {
    fn first(&self) -> usize {
        match self {
            Node::Token(at) | Node::Bracket(at, ..) => *at,
        }
    }
}

/// Pairs the brackets. Nothing if they do not pair.
pub(super) fn nodes(tokens: &[Token]) -> Option<Vec<Node>> {
    let mut open: Vec<(usize, Vec<Node>)> = Vec::new();
    let mut nodes = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.reads("(") || token.reads("[") {
            open.push((at, std::mem::take(&mut nodes)));
        } else if token.reads(")") || token.reads("]") {
            let (start, before) = open.pop()?;
            let inside = std::mem::replace(&mut nodes, before);
            nodes.push(Node::Bracket(start, inside, at));
        } else {
            nodes.push(Node::Token(at));
        }
    }
    open.is_empty().then_some(nodes)
}

/// Lays out a query.
pub(super) struct Layout<'t> {
    /// Its tokens.
    pub tokens: &'t [Token],
}

impl Layout<'_> {
    /// The whole query: one stage a line.
    pub fn query(&self, nodes: &[Node], tokens: &Tokens) -> Doc {
        let mut docs = Vec::new();
        let segments = self.split(nodes, |token| token.is("|"));
        for (number, (pipe, segment)) in segments.iter().enumerate() {
            if let Some(pipe) = pipe {
                docs.push(self.between_stages(*pipe, number > 1 || !segments[0].1.is_empty()));
                docs.push(Doc::text("|"));
                docs.push(self.stage_after_pipe(segment));
            } else if let Some(first) = segment.first() {
                docs.push(self.leading(first.first()));
                docs.push(self.scope_or_head(segment));
            }
        }
        docs.push(trailing(&tokens.tail, tokens.all.is_empty()));
        docs.push(Doc::Hard);
        Doc::All(docs)
    }

    /// What begins the text, before its first token.
    fn leading(&self, at: usize) -> Doc {
        let token = &self.tokens[at];
        let mut docs = Vec::new();
        for (number, comment) in token.comments.iter().enumerate() {
            if number > 0 {
                docs.push(if comment.first { Doc::Hard } else { Doc::space() });
                docs.extend(comment.blank.then_some(Doc::Hard));
            }
            docs.push(Doc::text(&comment.text));
        }
        if let Some(last) = token.comments.last() {
            docs.push(if last.last { Doc::Hard } else { Doc::space() });
            docs.extend((last.last && token.blank).then_some(Doc::Hard));
        }
        Doc::All(docs)
    }

    /// What stands between two stages: a new line, comments, one empty line if there were any.
    fn between_stages(&self, pipe: usize, after: bool) -> Doc {
        if !after {
            return self.leading(pipe);
        }
        let token = &self.tokens[pipe];
        if !token.forced() {
            let blank = token.blank || token.comments.first().is_some_and(|comment| comment.blank);
            return Doc::All(vec![if blank { Doc::Hard } else { Doc::Nil }, Doc::Hard, inline(&token.comments)]);
        }
        Doc::All(vec![commented(&token.comments, true), if token.blank { Doc::Hard } else { Doc::Nil }])
    }

    /// What follows a pipe.
    fn stage_after_pipe(&self, nodes: &[Node]) -> Doc {
        let Some(first) = nodes.first() else { return Doc::Nil };
        Doc::All(vec![self.gap(first.first(), Doc::space()), self.stage(nodes).group()]).indent()
    }

    fn scope_or_head(&self, nodes: &[Node]) -> Doc {
        match nodes.first() {
            Some(first)
                if matches!(self.tokens[first.first()].kind, TokenKind::Word(_)) && !self.is_bracket(&nodes[0]) =>
            {
                self.stage(nodes).group()
            }
            _ => self.scope(nodes).indent().group(),
        }
    }

    fn is_bracket(&self, node: &Node) -> bool {
        matches!(node, Node::Bracket(..))
    }

    /// A scope: terms joined by OR, by AND, or by nothing.
    fn scope(&self, nodes: &[Node]) -> Doc {
        let any = self.split(nodes, Token::is_or);
        if any.len() > 1 {
            return self.joined(&any, false, |layout, nodes| layout.terms(nodes, true).group());
        }
        self.terms(nodes, false)
    }

    /// Terms that must all hold; further right after the first if they are themselves a term of something.
    fn terms(&self, nodes: &[Node], inner: bool) -> Doc {
        let mut docs = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            let at = node.first();
            let first = number == 0;
            let joint = !first && matches!(&nodes[number - 1], Node::Token(at) if self.joins(*at));
            let default = match space(self.tokens, at) {
                false => Doc::Nil,
                true if joint => Doc::space(),
                true => Doc::Line,
            };
            if first {
                docs.push(self.node(node));
            } else {
                let doc = Doc::All(vec![self.gap(at, default), self.node(node)]);
                docs.push(if inner { doc.indent() } else { doc });
            }
        }
        Doc::All(docs)
    }

    /// Whether a token of a scope belongs to the term after it.
    fn joins(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.is_and() || token.is_keyword("not") || token.is("!")
    }

    /// A stage, without its pipe.
    fn stage(&self, nodes: &[Node]) -> Doc {
        let token = |at: usize| match nodes.get(at) {
            Some(Node::Token(at)) => Some(&self.tokens[*at]),
            _ => None,
        };
        let word = |at: usize| token(at).map(|token| token.kind);
        let head = match (word(0), word(2)) {
            (Some(TokenKind::Word("where")), _) => 1,
            (Some(TokenKind::Word("eval")), Some(TokenKind::Word("="))) => 3,
            (Some(TokenKind::Word(_)), _) => return self.clauses(nodes),
            _ => 0,
        };
        let (head, value) = nodes.split_at(head);
        let Some(first) = value.first() else { return self.run(nodes) };
        let joins = |token: &Token| token.is_or() || token.is_and() || token.is("?");
        let chain = self.split(value, joins).len() > 1;
        match (head, chain) {
            ([], false) => self.clauses(nodes),
            ([], true) => self.expression(value, true),
            (_, true) => Doc::All(vec![
                self.glued(head),
                Doc::All(vec![self.gap(first.first(), Doc::Line), self.expression(value, false)]).indent(),
            ]),
            (_, false) => {
                let gap = self.gap(first.first(), Doc::space());
                let gap = if self.tokens[first.first()].forced() { gap.indent() } else { gap };
                Doc::All(vec![self.glued(head), gap, self.run(value)])
            }
        }
    }

    /// An expression: its loosest joints first. What follows the first operand begins further right if the expression is
    /// itself an operand.
    fn expression(&self, nodes: &[Node], inner: bool) -> Doc {
        let branches = self.split(nodes, |token| token.is("?") || token.is(":"));
        if branches.len() > 1 {
            let mut docs = vec![self.expression(branches[0].1, false).group()];
            for (sign, nodes) in &branches[1..] {
                docs.push(self.joint(*sign, nodes, |nodes| self.expression(nodes, true).group()).indent());
            }
            return Doc::All(docs);
        }
        let any = self.split(nodes, Token::is_or);
        if any.len() > 1 {
            return self.joined(&any, inner, |layout, nodes| layout.expression(nodes, true).group());
        }
        let all = self.split(nodes, Token::is_and);
        if all.len() > 1 {
            return self.joined(&all, inner, |layout, nodes| layout.run(nodes).group());
        }
        self.run(nodes)
    }

    /// Operands, each after its joint at the beginning of a line.
    fn joined(&self, parts: &[StagePart<'_>], inner: bool, operand: impl Fn(&Self, &[Node]) -> Doc) -> Doc {
        let docs = parts.iter().map(|(sign, nodes)| {
            let doc = self.joint(*sign, nodes, |nodes| operand(self, nodes));
            if inner && sign.is_some() { doc.indent() } else { doc }
        });
        Doc::All(docs.collect())
    }

    /// A new line, a joint, and what follows it.
    fn joint(&self, sign: Option<usize>, nodes: &[Node], operand: impl FnOnce(&[Node]) -> Doc) -> Doc {
        let (Some(sign), Some(first)) = (sign, nodes.first()) else { return operand(nodes) };
        Doc::All(vec![
            self.gap(sign, Doc::Line),
            Doc::text(&self.tokens[sign].text),
            self.gap(first.first(), Doc::space()),
            operand(nodes),
        ])
    }

    /// What an operator or aggregates work on, then `by …` or the one `as …`, each on a line of its own if all does not
    /// fit on one.
    fn clauses(&self, nodes: &[Node]) -> Doc {
        let is_as = |node: &Node| matches!(node, Node::Token(at) if self.tokens[*at].kind == TokenKind::Word("as"));
        let named = nodes.iter().filter(|node| is_as(node)).count() == 1;
        let mut docs = Vec::new();
        let mut start = 0;
        for (number, node) in nodes.iter().enumerate().skip(1) {
            let Node::Token(at) = node else { continue };
            let token = &self.tokens[*at];
            let by = token.is_keyword("group") || (token.is_keyword("by") && !self.tokens[at - 1].is_keyword("group"));
            if by || (named && is_as(node)) {
                docs.push(self.clause(&nodes[start..number], start > 0));
                start = number;
            }
        }
        docs.push(self.clause(&nodes[start..], start > 0));
        Doc::All(docs)
    }

    fn clause(&self, nodes: &[Node], begins: bool) -> Doc {
        match nodes.first() {
            Some(first) if begins => Doc::All(vec![self.gap(first.first(), Doc::Line), self.run(nodes)]).indent(),
            _ => self.run(nodes),
        }
    }

    /// Words, operands and lists: lines are filled, and begin after a comma or before a word.
    fn run(&self, nodes: &[Node]) -> Doc {
        let mut items: Vec<Vec<&[Node]>> = Vec::new();
        let (mut item, mut start) = (Vec::new(), 0);
        for (number, node) in nodes.iter().enumerate() {
            let Node::Token(at) = node else { continue };
            if number > start && may_begin_line(self.tokens, *at) {
                item.push(&nodes[start..number]);
                start = number;
            } else if self.tokens[*at].reads(",") {
                item.push(&nodes[start..=number]);
                items.push(std::mem::take(&mut item));
                start = number + 1;
            }
        }
        item.extend((start < nodes.len()).then_some(&nodes[start..]));
        items.extend((!item.is_empty()).then_some(item));
        let fill = |parts: Vec<(usize, Doc)>, close: bool| {
            let mut docs = Vec::new();
            for (first, doc) in parts {
                match docs.is_empty() {
                    true => docs.push(doc),
                    false => docs.extend([self.gap(first, Doc::Line).indent(), doc.indent()]),
                }
            }
            if docs.len() == 1 { docs.remove(0) } else { Doc::Fill(docs, close) }
        };
        let first = |nodes: &[Node]| nodes.first().map_or(0, Node::first);
        let item = |pieces: &Vec<&[Node]>| {
            let docs = pieces.iter().map(|piece| (first(piece), self.glued(piece))).collect();
            (pieces.first().map_or(0, |piece| first(piece)), fill(docs, true))
        };
        fill(items.iter().map(item).collect(), false)
    }

    /// Nodes on one line.
    fn glued(&self, nodes: &[Node]) -> Doc {
        let mut docs = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            let at = node.first();
            if number > 0 {
                let gap = self.gap(at, if space(self.tokens, at) { Doc::space() } else { Doc::Nil });
                docs.push(if self.tokens[at].forced() { gap.indent() } else { gap });
            }
            docs.push(self.node(node));
        }
        Doc::All(docs)
    }

    fn node(&self, node: &Node) -> Doc {
        match node {
            Node::Token(at) => Doc::text(&self.tokens[*at].text),
            Node::Bracket(open, inside, close) => self.bracket(*open, inside, *close),
        }
    }

    fn bracket(&self, open: usize, inside: &[Node], close: usize) -> Doc {
        let mut docs = vec![Doc::text(&self.tokens[open].text)];
        if let Some(first) = inside.first() {
            let stages = self.split(inside, |token| token.is("|"));
            let query = matches!(self.tokens[first.first()].kind, TokenKind::Word("subquery"));
            docs.push(match (query, stages.len()) {
                (true, _) => self.subquery(&stages),
                (false, 1) => {
                    let body = Doc::All(vec![self.gap(first.first(), Doc::Soft), self.inside(open, inside)]);
                    body.indent()
                }
                (false, _) => self.pipeline(&stages),
            });
        }
        let comments = &self.tokens[close].comments;
        docs.push(trailing(comments, false).indent());
        docs.push(if comments.iter().any(|comment| comment.last) { Doc::Broken } else { Doc::Nil });
        docs.push(if inside.is_empty() { Doc::Nil } else { Doc::Soft });
        docs.push(Doc::text(&self.tokens[close].text));
        Doc::All(docs).group()
    }

    /// What stands in brackets, if it is no pipeline.
    fn inside(&self, open: usize, nodes: &[Node]) -> Doc {
        let call = open.checked_sub(1).is_some_and(|at| self.tokens[at].kind == TokenKind::Callee);
        if self.tokens[open].scope && !call {
            return self.scope(nodes);
        }
        let items = self.split(nodes, |token| token.reads(","));
        if items.len() == 1 {
            return self.expression(nodes, false);
        }
        let small = items.iter().all(|(_, nodes)| matches!(nodes, [Node::Token(_)])) && !call;
        let mut docs = Vec::new();
        for (number, (comma, nodes)) in items.iter().enumerate() {
            let Some(first) = nodes.first() else { continue };
            if comma.is_some() {
                docs.push(self.gap(first.first(), Doc::Line));
            }
            let mut item = vec![self.expression(nodes, true).group()];
            if let Some((Some(comma), _)) = items.get(number + 1) {
                item.push(self.gap(*comma, Doc::Nil));
                item.push(Doc::text(","));
            }
            docs.push(Doc::All(item));
        }
        if small { Doc::Fill(docs, false) } else { Doc::All(docs) }
    }

    /// Stages in brackets.
    fn pipeline(&self, stages: &[StagePart<'_>]) -> Doc {
        let Some(((_, nodes), rest)) = stages.split_first() else { return Doc::Nil };
        let Some(first) = nodes.first() else { return self.piped(rest, Doc::Soft).indent() };
        let head = vec![self.gap(first.first(), Doc::Soft), self.scope_or_stage(nodes)];
        Doc::All(vec![Doc::All(head), self.piped(rest, Doc::Line)]).indent()
    }

    /// Stages after pipes, each on a line of its own.
    fn piped(&self, stages: &[StagePart<'_>], first: Doc) -> Doc {
        let mut line = first;
        let mut docs = Vec::new();
        for (pipe, nodes) in stages {
            docs.extend(pipe.map(|pipe| self.gap(pipe, std::mem::replace(&mut line, Doc::Line))));
            docs.push(Doc::text("|"));
            docs.push(self.stage_after_pipe(nodes));
        }
        Doc::All(docs)
    }

    fn scope_or_stage(&self, nodes: &[Node]) -> Doc {
        match nodes.first() {
            Some(first) if self.tokens[first.first()].scope => self.scope_or_head(nodes),
            _ => self.stage(nodes).group(),
        }
    }

    /// `subquery:`, a scope and stages.
    fn subquery(&self, stages: &[StagePart<'_>]) -> Doc {
        let Some(((_, first), rest)) = stages.split_first() else { return Doc::Nil };
        let colon = |node: &Node| matches!(node, Node::Token(at) if self.tokens[*at].kind == TokenKind::Word(":"));
        let (head, scope) = first.split_at(first.iter().position(colon).map_or(first.len(), |at| at + 1));
        let mut docs = vec![self.glued(head)];
        if let Some(first) = scope.first() {
            let body = Doc::All(vec![self.gap(first.first(), Doc::Line), self.scope_or_head(scope)]);
            docs.push(body.indent());
        }
        docs.push(self.piped(rest, Doc::Line).indent());
        Doc::All(docs)
    }

    /// The nodes between separators outside brackets, each part with the separator before it.
    fn split<'n>(&self, nodes: &'n [Node], separates: impl Fn(&Token) -> bool) -> Vec<StagePart<'n>> {
        let mut parts = Vec::new();
        let (mut before, mut start) = (None, 0);
        for (number, node) in nodes.iter().enumerate() {
            if let Node::Token(at) = node
                && separates(&self.tokens[*at])
            {
                parts.push((before, &nodes[start..number]));
                (before, start) = (Some(*at), number + 1);
            }
        }
        parts.push((before, &nodes[start..]));
        parts
    }

    /// What stands before a token: its comments, or else this.
    fn gap(&self, at: usize, default: Doc) -> Doc {
        let comments = &self.tokens[at].comments;
        if comments.is_empty() {
            return default;
        }
        if self.tokens[at].forced() {
            return commented(comments, false);
        }
        let open = at.checked_sub(1).is_some_and(|at| self.tokens[at].reads("(") || self.tokens[at].reads("["));
        let default = if matches!(default, Doc::Nil) && !open { Doc::space() } else { default };
        Doc::All(vec![default, inline(comments)])
    }
}

/// Comments within a line, each with a blank behind it.
fn inline(comments: &[Comment]) -> Doc {
    Doc::All(comments.iter().map(|comment| Doc::text(format!("{} ", comment.text))).collect())
}

/// Comments with lines of their own, and what is left of the line before.
fn commented(comments: &[Comment], blanks: bool) -> Doc {
    let mut docs = Vec::new();
    for comment in comments {
        docs.push(if comment.first { Doc::Hard } else { Doc::space() });
        docs.extend((blanks && comment.first && comment.blank).then_some(Doc::Hard));
        docs.push(Doc::text(&comment.text));
    }
    let last = comments.last().is_some_and(|comment| comment.last);
    docs.push(if last { Doc::Hard } else { Doc::space() });
    Doc::All(docs)
}

/// Comments behind the last token.
fn trailing(comments: &[Comment], alone: bool) -> Doc {
    let mut docs = Vec::new();
    for (number, comment) in comments.iter().enumerate() {
        if !(alone && number == 0) {
            docs.push(if comment.first { Doc::Hard } else { Doc::space() });
            docs.extend((comment.first && comment.blank).then_some(Doc::Hard));
        }
        docs.push(Doc::text(&comment.text));
    }
    Doc::All(docs)
}
