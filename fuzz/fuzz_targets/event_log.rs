//! Any bytes as an event log: its records are read as XML and as JSON, those in slack too. Nothing may panic or run on.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sumoql_evtx::{Log, Rendering};

fuzz_target!(|bytes: &[u8]| {
    let log = Log::from_bytes(bytes.to_vec());
    for rendering in [Rendering::Xml, Rendering::Json] {
        let mut records = log.records(rendering).with_slack();
        records.by_ref().for_each(drop);
        let damage = records.damage();
        assert_eq!(damage.summary().is_none(), damage.losses().is_empty());
    }
});
