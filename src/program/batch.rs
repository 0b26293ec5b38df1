//! Batches: some rows, their columns by slot, and which rows are still selected.
//!
//! A slot is *defined* once by a pure [`Extractor`] and its cell is computed when somebody first reads it. So a field
//! that no condition and no output asks for is never looked for in the text, and a field that only a rare branch of
//! a condition needs is looked for only in the rows that get there. Reassigning a name makes a new slot; that is
//! what keeps this order-free evaluation equal to running the stages one after the other.

use bumpalo::Bump;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use sumoql_data::message::{Message, Source};
use sumoql_data::table::Table;
use sumoql_data::time::stamp;
use sumoql_data::value::Value;

pub use super::context::EvalContext;
pub use super::tally::Tally;
use super::watched::{SAMPLED, WatchCount};

/// A column's number.
pub type Slot = usize;

/// Computes the cells of one row for the slots of one definition.
pub trait Extractor: Send + Sync {
    /// Sets the definition's slots with [`Row::set`]; those left alone are null. `first` is the first of them.
    /// The answer says whether the stage "matched" the row, for the report on parse stages that never do.
    fn define<'m>(&'m self, row: Row<'_, 'm>, first: Slot) -> bool;

    /// Why it did not match a row that it did not match, if there is something to say: a sentence without its stop.
    fn missed(&self, _row: Row<'_, '_>) -> Option<String> {
        None
    }
}

/// How the slots of a piece of a plan get their values.
#[derive(Default)]
pub struct Program {
    /// For each slot, what fills it.
    pub slots: Vec<SlotLayout>,
    /// The definitions.
    pub definitions: Vec<Definition>,
    /// The slot of `_messageTime`, where rows are messages.
    pub time: Option<Slot>,
    /// Whether all cells are computed before the first step, instead of when somebody reads them.
    pub eager: bool,
    /// Whether something asks for the number of a message in its input.
    pub numbered: bool,
}

/// Where the cells of a slot are.
#[derive(Clone, Copy, Debug)]
pub struct SlotLayout {
    /// The definition that fills it.
    pub definition: u32,
    /// Which of the definition's slots it is.
    pub number: u32,
    /// How many slots the definition has.
    pub count: u32,
}

impl Program {
    /// Adds a definition of some slots; the answer is the first slot.
    pub fn define(&mut self, how: ColumnSource, count: usize, stage: Option<usize>) -> Slot {
        let first = self.slots.len();
        let (definition, count32) = (self.definitions.len() as u32, count as u32);
        self.slots.extend((0..count32).map(|number| SlotLayout { definition, number, count: count32 }));
        self.definitions.push(Definition { how, first, count, stage });
        first
    }

    /// The definition that fills a slot.
    pub fn definition(&self, slot: Slot) -> &Definition {
        &self.definitions[self.slots[slot].definition as usize]
    }
}

/// One definition.
pub struct Definition {
    /// What computes the values.
    pub how: ColumnSource,
    /// Its first slot.
    pub first: Slot,
    /// How many slots it fills.
    pub count: usize,
    /// The number of the stage (counted from 1 after the scope) whose matches are counted, if they are.
    pub stage: Option<usize>,
}

/// Where a definition's values come from.
pub enum ColumnSource {
    /// A column of the table that the rows come from.
    Column(usize),
    /// A column of the table, by name: known only once the table is there.
    Named(String),
    /// The named columns of the table's row, as a JSON object.
    Bag,
    /// The text of the message.
    Raw,
    /// Computed.
    Computed(Box<dyn Extractor>),
}

type Cells<'m> = Box<[Cell<Option<Value<'m>>>]>;

/// The numbers of a batch's messages in their input.
#[derive(Clone, Copy)]
enum Numbers<'m> {
    /// Nobody asks for them.
    Unknown,
    /// Of messages that follow each other, from this on.
    From(u64),
    /// One for each message.
    Of(&'m [u64]),
}

/// Some rows.
pub struct Batch<'m> {
    program: &'m Program,
    messages: &'m [Message<'m>],
    table: Option<(&'m Table, usize)>,
    /// How many rows of the same stage came before the table's.
    pub(crate) before: u64,
    /// Where copies of a table's rows stand.
    ranks: Option<&'m [Rank]>,
    /// The cells of each definition: those of a row side by side.
    columns: Rc<[OnceCell<Cells<'m>>]>,
    rows: usize,
    /// The rows still in play, ascending.
    pub selected: Vec<u32>,
    /// Memory for texts made on the way.
    pub arena: &'m Bump,
    /// The world around the query.
    pub env: &'m EvalContext,
    tally: &'m Tally,
    /// Set by a function that can't go on with its row.
    failed: &'m Cell<bool>,
    numbers: Numbers<'m>,
    stamps: Rc<stamp::Finder>,
}

impl<'m> Batch<'m> {
    /// A batch of messages.
    pub fn of_messages(
        program: &'m Program,
        messages: &'m [Message<'m>],
        arena: &'m Bump,
        env: &'m EvalContext,
        tally: &'m Tally,
    ) -> Self {
        Batch::new(program, messages, None, messages.len(), arena, env, tally)
    }

    /// A batch of `rows` rows of a table, from row `start`.
    pub fn of_table(
        program: &'m Program,
        (table, start, rows): (&'m Table, usize, usize),
        arena: &'m Bump,
        env: &'m EvalContext,
        tally: &'m Tally,
    ) -> Self {
        Batch::new(program, &[], Some((table, start)), rows, arena, env, tally)
    }

    fn new(
        program: &'m Program,
        messages: &'m [Message<'m>],
        table: Option<(&'m Table, usize)>,
        rows: usize,
        arena: &'m Bump,
        env: &'m EvalContext,
        tally: &'m Tally,
    ) -> Self {
        let columns = program.definitions.iter().map(|_| OnceCell::new()).collect();
        let selected = (0..rows as u32).collect();
        let failed = arena.alloc(Cell::new(false));
        Batch {
            program,
            messages,
            table,
            before: 0,
            ranks: None,
            columns,
            rows,
            selected,
            arena,
            env,
            tally,
            failed,
            numbers: Numbers::Unknown,
            stamps: Rc::default(),
        }
    }

    /// The same with numbers for its messages, which follow each other in their input: that of the first.
    pub fn numbered(self, first: Option<u64>) -> Self {
        Batch { numbers: first.map_or(Numbers::Unknown, Numbers::From), ..self }
    }

    /// The same rows and cells, with a selection of its own.
    pub fn view(&self) -> Batch<'m> {
        Batch {
            columns: Rc::clone(&self.columns),
            selected: self.selected.clone(),
            stamps: Rc::clone(&self.stamps),
            ..*self
        }
    }

    /// The row at a position.
    pub fn row(&self, index: u32) -> Row<'_, 'm> {
        Row { batch: self, index: index as usize }
    }

    /// The selected rows.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_, 'm>> {
        self.selected.iter().map(|index| self.row(*index))
    }

    /// Keeps only the rows for which the condition holds.
    pub fn keep(&mut self, mut condition: impl FnMut(Row<'_, 'm>) -> bool) {
        let mut selected = std::mem::take(&mut self.selected);
        selected.retain(|index| condition(self.row(*index)));
        self.selected = selected;
    }

    /// Computes the cells of all selected rows, if the program is one of those that do that at once.
    pub fn begin(&self) {
        if self.program.eager {
            for row in self.iter() {
                for slot in 0..self.program.slots.len() {
                    row.get(slot);
                }
            }
        }
    }

    /// Counts the selected rows as having reached a definition's stage, and looks for a first match if there was none
    /// yet: a stage that matches nothing at all is worth a word at the end of the run.
    pub fn reach(&self, definition: usize) {
        let Some(stage) = self.program.definitions[definition].stage else { return };
        Tally::add(&self.tally.reached, stage, self.selected.len() as u64);
        if self.tally.matched.get(stage).is_some_and(|matched| matched.get() == 0) {
            for row in self.iter() {
                row.get(self.program.definitions[definition].first);
                if self.tally.matched[stage].get() > 0 {
                    break;
                }
            }
        }
    }

    /// Looks for a value of a watched field, if none was seen yet.
    pub fn watch(&self, slot: Slot, number: usize) {
        let mut counts = self.tally.watched.borrow_mut();
        let Some(count) = counts.get_mut(number).filter(|count| !count.has_value) else { return };
        count.rows += self.selected.len() as u64;
        count.has_value = self.iter().any(|row| !row.get(slot).is_null());
        if count.has_value {
            count.sample.clear();
            return;
        }
        for message in self.iter().take(SAMPLED).filter_map(Row::message) {
            count.keep(message.source.index, message.offset, || WatchCount::beginning(message.raw));
        }
    }

    /// A batch with the same columns whose rows are copies of this one's: `origin` names for each new row the row it
    /// copies. Cells that are known are copied, the others will be computed again when needed.
    pub fn copies(&self, origin: &[u32]) -> Batch<'m> {
        // All copies of a row lie side by side, also those of its copies: they are numbered through.
        let mut before = None;
        let mut copy = 0;
        let mut number = |place: (u32, u64)| {
            copy = if before == Some(place) { copy + 1 } else { 0 };
            before = Some(place);
            copy
        };
        let messages: &'m [Message<'m>] = match self.messages {
            [] => &[],
            messages => self.arena.alloc_slice_fill_iter(origin.iter().map(|&at| {
                let message = messages[at as usize];
                Message { copy: number((message.source.index, message.offset)), ..message }
            })),
        };
        let mut out = Batch::new(self.program, messages, None, origin.len(), self.arena, self.env, self.tally);
        if messages.is_empty() {
            out.ranks = Some(self.arena.alloc_slice_fill_iter(origin.iter().map(|&at| {
                let rank = self.row(at).rank();
                Rank { copy: number((rank.source, rank.offset)), ..rank }
            })));
        }
        if !matches!(self.numbers, Numbers::Unknown) {
            let number = |at: &u32| self.row(*at).number().unwrap_or_default();
            out.numbers = Numbers::Of(self.arena.alloc_slice_fill_iter(origin.iter().map(number)));
        }
        for ((definition, column), copied) in self.program.definitions.iter().zip(&*self.columns).zip(&*out.columns) {
            // The copies don't know their table any more, so its columns are read now.
            if self.table.is_some() && !matches!(definition.how, ColumnSource::Computed(_)) {
                for &at in origin {
                    self.row(at).get(definition.first);
                }
            }
            if let Some(cells) = column.get() {
                let of_row = |at: &u32| &cells[*at as usize * definition.count..][..definition.count];
                let _ = copied.set(origin.iter().flat_map(of_row).cloned().collect());
            }
        }
        out.selected = (0..origin.len() as u32).collect();
        out
    }

    /// The cells of a definition that has so many for a row: those of a row side by side.
    #[inline]
    fn column(&self, definition: u32, count: usize) -> &[Cell<Option<Value<'m>>>] {
        self.columns[definition as usize]
            .get_or_init(|| std::iter::repeat_with(|| Cell::new(None)).take(self.rows * count).collect())
    }
}

/// One row of a batch.
#[derive(Clone, Copy)]
pub struct Row<'b, 'm> {
    batch: &'b Batch<'m>,
    index: usize,
}

/// Where a row stands among all rows: messages newest first, then in order of arrival; table rows by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Minus the message time; 0 for table rows.
    pub age: i64,
    /// The input's number.
    pub source: u32,
    /// The offset in the input, or the row's position.
    pub offset: u64,
    /// The copy's number.
    pub copy: u32,
}

impl<'b, 'm> Row<'b, 'm> {
    /// The value of a slot, computed now if nobody asked before.
    #[inline]
    pub fn get(self, slot: impl Into<Slot>) -> Value<'m> {
        let slot = slot.into();
        let Some(place) = self.batch.program.slots.get(slot) else { return Value::Null };
        if let Some(cells) = self.batch.columns[place.definition as usize].get()
            && let Some(value) = cells[self.index * place.count as usize + place.number as usize].get()
        {
            return value;
        }
        self.compute(*place)
    }

    #[inline(never)]
    fn compute(self, place: SlotLayout) -> Value<'m> {
        let definition = &self.batch.program.definitions[place.definition as usize];
        match &definition.how {
            ColumnSource::Raw => return self.message().map_or(Value::Null, |message| Value::Text(message.raw)),
            ColumnSource::Column(column) => self.set(definition.first, self.table_cell(Some(*column))),
            ColumnSource::Named(name) => {
                let column = self.batch.table.and_then(|(table, _)| table.column(name));
                self.set(definition.first, self.table_cell(column));
            }
            ColumnSource::Bag => self.set(definition.first, self.bag()),
            ColumnSource::Computed(computed) => {
                if computed.define(self, definition.first)
                    && let Some(stage) = definition.stage
                {
                    Tally::add(&self.batch.tally.matched, stage, 1);
                }
            }
        }
        // What the definition left alone is null.
        let count = place.count as usize;
        let cells = &self.batch.column(place.definition, count)[self.index * count..][..count];
        for cell in cells {
            if cell.get().is_none() {
                cell.set(Some(Value::Null));
            }
        }
        cells[place.number as usize].get().unwrap_or_default()
    }

    fn bag(self) -> Value<'m> {
        let Some((table, start)) = self.batch.table else { return Value::Null };
        let cells = table.columns.iter().zip(table.rows[start + self.index].iter());
        let object: serde_json::Map<_, _> = cells.map(|(name, cell)| (name.clone(), cell.borrow().to_json())).collect();
        Value::Text(self.arena().alloc_str(&serde_json::Value::Object(object).to_string()))
    }

    fn table_cell(self, column: Option<usize>) -> Value<'m> {
        match (self.batch.table, column) {
            (Some((table, start)), Some(column)) => {
                table.rows[start + self.index].get(column).map(|cell| cell.borrow()).unwrap_or_default()
            }
            _ => Value::Null,
        }
    }

    /// Sets the value of a slot.
    #[inline]
    pub fn set(self, slot: Slot, value: Value<'m>) {
        let place = self.batch.program.slots[slot];
        let count = place.count as usize;
        self.batch.column(place.definition, count)[self.index * count + place.number as usize].set(Some(value));
    }

    /// The cells of the definition that a slot belongs to.
    #[inline]
    pub fn cells(self, slot: Slot) -> &'b [Cell<Option<Value<'m>>>] {
        let place = self.batch.program.slots[slot];
        let count = place.count as usize;
        &self.batch.column(place.definition, count)[self.index * count..][..count]
    }

    /// The message, where rows are messages.
    pub fn message(self) -> Option<&'m Message<'m>> {
        self.batch.messages.get(self.index)
    }

    /// The number of the message in its input, from 1 on, where somebody asks for it: see [`Program::numbered`].
    pub fn number(self) -> Option<u64> {
        match self.batch.numbers {
            Numbers::Unknown => None,
            Numbers::From(first) => Some(first + self.index as u64),
            Numbers::Of(numbers) => numbers.get(self.index).copied(),
        }
    }

    /// The input, where rows are messages.
    pub fn source(self) -> Option<&'m Source> {
        self.message().map(|message| message.source)
    }

    /// Finds the timestamps of the batch's messages.
    pub fn stamps(self) -> &'b stamp::Finder {
        &self.batch.stamps
    }

    /// Memory for texts made on the way.
    pub fn arena(self) -> &'m Bump {
        self.batch.arena
    }

    /// The world around the query.
    pub fn env(self) -> &'m EvalContext {
        self.batch.env
    }

    /// Where a function says that it can't go on with its row.
    pub(super) fn failed(self) -> &'m Cell<bool> {
        self.batch.failed
    }

    /// Counts the row among those that had to go.
    pub(super) fn count_failure(self) {
        self.batch.tally.failed();
    }

    /// What arithmetic gives that could not be done, and a count of it if a text is the reason.
    #[cold]
    pub(super) fn not_computed(self, sides: [Value<'m>; 2]) -> Value<'m> {
        let is_word =
            |side: &Value<'_>| matches!(side, Value::Text(text) if side.number().is_none() && !text.trim().is_empty());
        if sides.iter().any(is_word) {
            Tally::add(&self.batch.tally.matched, 0, 1);
        }
        Value::Null
    }

    /// The row's number in its batch.
    pub fn index(self) -> u32 {
        self.index as u32
    }

    /// Where the row stands among all rows.
    pub fn rank(self) -> Rank {
        match self.message() {
            Some(message) => {
                let time = self.batch.program.time.and_then(|slot| self.get(slot).integer()).unwrap_or(0);
                Rank {
                    age: time.saturating_neg(),
                    source: message.source.index,
                    offset: message.offset,
                    copy: message.copy,
                }
            }
            None if self.batch.ranks.is_some() => {
                self.batch.ranks.and_then(|ranks| ranks.get(self.index)).copied().unwrap_or_default()
            }
            None => {
                let start = self.batch.table.map_or(0, |(_, start)| start);
                Rank { offset: self.batch.before + (start + self.index) as u64, ..Rank::default() }
            }
        }
    }
}
