//! Help texts for the terminal, and signatures for errors.

use super::FunctionDef;

impl FunctionDef {
    /// `name(a, b?, c…)`.
    pub fn signature(&self) -> String {
        let params = self.params.iter().map(|param| {
            let mark = match (param.repeated, param.optional) {
                (true, _) => " …",
                (false, true) => "?",
                (false, false) => "",
            };
            format!("{}{mark}", param.name)
        });
        format!("{}({})", self.name, params.collect::<Vec<_>>().join(", "))
    }
}
