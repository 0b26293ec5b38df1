//! A field of braille characters: eight dots each, two wide and four high.

/// Dots, and whose they are.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    dots: Vec<u8>,
    owners: Vec<usize>,
}

/// The bits of a braille character, by the dot's row and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

impl Canvas {
    /// An empty field of characters.
    pub fn new(width: usize, height: usize) -> Canvas {
        Canvas { width, height, dots: vec![0; width * height], owners: vec![0; width * height] }
    }

    /// How many dots it is wide.
    pub fn across(&self) -> usize {
        self.width * 2
    }

    /// How many dots it is high.
    pub fn down(&self) -> usize {
        self.height * 4
    }

    /// Sets a dot, counted from the top left.
    pub fn dot(&mut self, x: usize, y: usize, owner: usize) {
        if x < self.across() && y < self.down() {
            let at = (y / 4) * self.width + x / 2;
            self.dots[at] |= BITS[y % 4][x % 2];
            self.owners[at] = owner;
        }
    }

    /// Sets the dots on the way from one to another.
    pub fn line(&mut self, from: (usize, usize), to: (usize, usize), owner: usize) {
        let (dx, dy) = (to.0 as f64 - from.0 as f64, to.1 as f64 - from.1 as f64);
        let steps = dx.abs().max(dy.abs()).max(1.0) as usize;
        for step in 0..=steps {
            let share = step as f64 / steps as f64;
            let (x, y) = (from.0 as f64 + dx * share, from.1 as f64 + dy * share);
            self.dot(x.round() as usize, y.round() as usize, owner);
        }
    }

    /// The characters of a row with their owners.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (char, usize)> {
        let cells = row * self.width..(row + 1) * self.width;
        cells.map(|at| match self.dots[at] {
            0 => (' ', usize::MAX),
            dots => (char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '), self.owners[at]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Canvas;

    #[test]
    fn a_line_from_corner_to_corner() {
        let mut canvas = Canvas::new(2, 1);
        canvas.line((0, 3), (3, 0), 0);
        assert_eq!(canvas.row(0).map(|(c, _)| c).collect::<String>(), "⡠⠊");
    }
}
