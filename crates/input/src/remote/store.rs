//! Objects in stores, as bytes to be read one after the other. All that is asynchronous is in this file.

use super::super::byte_stream::ByteStream;
use super::super::candidate::{Candidate, Object, Origin};
use super::super::ignored_files::is_ignored;
use super::super::places::Place;
use super::super::wrappers::CountingReader;
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use globset::GlobBuilder;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientConfigKey, Error, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// How long is waited for servers: not for all of an object, as a query may take long over it, but for its next bytes.
const WAITS: [Wait; 2] = [(ClientConfigKey::Timeout, "365 days"), (ClientConfigKey::ReadTimeout, "60 seconds")];

/// An option of a client.
type Wait = (ClientConfigKey, &'static str);

/// How often and for how long what fails is tried again.
const RETRIES: (usize, Duration) = (3, Duration::from_secs(60));

/// A store of objects, and the threads that speak with it.
pub struct Store {
    /// The address of the store itself, `s3://bucket`.
    address: String,
    store: Arc<dyn ObjectStore>,
    runtime: Runtime,
    /// Whether the store can be asked what is in it.
    lists: bool,
    /// What is sent behind the key, with its `?`.
    query: String,
}

impl Store {
    /// A store, and how its objects' names begin, such as `s3://bucket`.
    pub fn new(address: &str, store: Arc<dyn ObjectStore>) -> Result<Store, String> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("objects").enable_all().build();
        let runtime = runtime.map_err(|error| format!("no thread for it: {error}"))?;
        Ok(Store { address: address.into(), store, runtime, lists: true, query: String::new() })
    }

    /// The store that an address names, and the key in it. Credentials and endpoints are those of the environment.
    pub fn of_address(address: &str) -> Result<(Store, String), String> {
        let (scheme, rest) = address.split_once("://").unwrap_or_default();
        let scheme = scheme.to_ascii_lowercase();
        // A fragment is nothing that is sent. Keys of stores may have a `?`, or be patterns with it.
        let (rest, query) = match scheme.starts_with("http") {
            true => {
                let sent = rest.split_once('#').map_or(rest, |(sent, _)| sent);
                sent.find('?').map_or((sent, ""), |at| sent.split_at(at))
            }
            false => (rest, ""),
        };
        let (host, key) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() {
            return Err("this address names no host or bucket".into());
        }
        let retries = RetryConfig { max_retries: RETRIES.0, retry_timeout: RETRIES.1, ..RetryConfig::default() };
        let built: Result<Arc<dyn ObjectStore>, Error> = match scheme.as_str() {
            "gs" => {
                let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(host).with_retry(retries);
                let set = |builder: GoogleCloudStorageBuilder, (key, value): Wait| {
                    builder.with_config(GoogleConfigKey::Client(key), value)
                };
                WAITS.into_iter().fold(builder, set).build().map(|store| Arc::new(store) as _)
            }
            "az" => {
                let builder = MicrosoftAzureBuilder::from_env().with_container_name(host).with_retry(retries);
                let set = |builder: MicrosoftAzureBuilder, (key, value): Wait| {
                    builder.with_config(AzureConfigKey::Client(key), value)
                };
                WAITS.into_iter().fold(builder, set).build().map(|store| Arc::new(store) as _)
            }
            "http" | "https" => {
                let builder = HttpBuilder::new().with_url(format!("{scheme}://{host}/{query}")).with_retry(retries);
                let builder = WAITS.into_iter().fold(builder, |builder, (key, value)| builder.with_config(key, value));
                builder.with_config(ClientConfigKey::AllowHttp, "true").build().map(|store| Arc::new(store) as _)
            }
            _ => {
                let builder = AmazonS3Builder::from_env().with_bucket_name(host).with_retry(retries);
                let set = |builder: AmazonS3Builder, (key, value): Wait| {
                    builder.with_config(AmazonS3ConfigKey::Client(key), value)
                };
                WAITS.into_iter().fold(builder, set).build().map(|store| Arc::new(store) as _)
            }
        };
        let mut store = Store::new(&format!("{scheme}://{host}"), built.map_err(|error| error_text(&error))?)?;
        store.lists = !scheme.starts_with("http");
        store.query = query.into();
        Ok((store, key.to_string()))
    }

    /// The address of a key.
    pub fn address(&self, key: &str) -> String {
        format!("{}/{key}{}", self.address, self.query)
    }

    /// The objects that a key stands for, by name.
    pub fn candidates(self: Arc<Store>, key: &str) -> Result<Vec<Candidate>, String> {
        if !self.lists {
            let path = Path::from_url_path(key).map_err(|error| error.to_string())?;
            let object = self.runtime.block_on(self.about(&path)).map_err(|error| error_text(&error))?;
            return Ok(vec![self.candidate(self.address(key), object)]);
        }
        let mut found = if key.contains(['*', '?', '[', '{']) {
            self.fitting(key)?
        } else if key.is_empty() || key.ends_with('/') {
            self.below(key)?
        } else {
            match self.head(key) {
                Ok(found) => vec![found],
                // A folder, named without the `/`.
                Err(Error::NotFound { .. }) => self.below(&format!("{key}/"))?,
                Err(error) => return Err(error_text(&error)),
            }
        };
        found.sort_by(|a, b| a.location.cmp(&b.location));
        if found.is_empty() {
            return Err("no such object, and none below it".into());
        }
        let candidate = |object: ObjectMeta| {
            let given = object.location.as_ref() == key;
            let mut candidate = self.candidate(self.address(object.location.as_ref()), object);
            candidate.place.given = given;
            candidate
        };
        Ok(found.into_iter().map(candidate).collect())
    }

    /// What is known of what an HTTP server has. Addresses that are signed are so for reading alone.
    async fn about(&self, path: &Path) -> Result<ObjectMeta, Error> {
        match self.store.head(path).await {
            Err(_) if !self.query.is_empty() => Ok(self.store.get(path).await?.meta),
            head => head,
        }
    }

    fn head(&self, key: &str) -> Result<ObjectMeta, Error> {
        self.runtime.block_on(self.store.head(&path(key)?))
    }

    /// The objects below a folder. As in a folder of files, hidden ones and those that are no messages are left out.
    fn below(&self, folder: &str) -> Result<Vec<ObjectMeta>, String> {
        self.list(folder, |key| {
            let inner = key.strip_prefix(folder).unwrap_or(key);
            inner.split('/').all(|part| !part.starts_with('.') && !is_ignored(part))
        })
    }

    /// The objects whose keys fit a pattern.
    fn fitting(&self, pattern: &str) -> Result<Vec<ObjectMeta>, String> {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let matcher = glob.map_err(|error| format!("no pattern: {error}"))?.compile_matcher();
        let wild = pattern.find(['*', '?', '[', '{']).unwrap_or(0);
        let folder = pattern[..wild].rfind('/').map_or("", |at| &pattern[..=at]);
        let hidden = pattern.split('/').any(|part| part.starts_with('.'));
        self.list(folder, |key| {
            let parts = || key.split('/');
            matcher.is_match(key)
                && parts().all(|part| hidden || !part.starts_with('.'))
                && !parts().next_back().is_some_and(is_ignored)
        })
    }

    fn list(&self, folder: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<ObjectMeta>, String> {
        let prefix = match folder.trim_end_matches('/') {
            "" => None,
            folder => Some(path(folder).map_err(|error| error_text(&error))?),
        };
        let wanted = |object: &ObjectMeta| {
            let key = object.location.as_ref();
            // Stores have objects that stand for folders.
            !(key.ends_with('/') || key.is_empty()) && wanted(key)
        };
        let found = self.store.list(prefix.as_ref()).try_filter(|object| std::future::ready(wanted(object)));
        self.runtime.block_on(found.try_collect()).map_err(|error| error_text(&error))
    }

    fn candidate(self: &Arc<Store>, name: String, object: ObjectMeta) -> Candidate {
        let mut candidate = Candidate::new(Place::given(&name, None));
        candidate.receipt = Some(object.last_modified.timestamp_millis());
        candidate.object = Some(Object { size: object.size, origin: self.origin(object) });
        candidate
    }

    /// Opens an object from its beginning on. A connection that is lost is taken up where it was, if the object has not
    /// changed meanwhile.
    fn origin(self: &Arc<Store>, object: ObjectMeta) -> Origin {
        let store = Arc::clone(self);
        Arc::new(move |count| {
            let got = store.runtime.block_on(store.store.get(&object.location)).map_err(failed)?;
            let reader: ByteStream =
                Box::new(Body { pieces: got.into_stream(), piece: Default::default(), store: store.clone() });
            Ok(match count {
                Some(count) => Box::new(CountingReader::new(reader, count)),
                None => reader,
            })
        })
    }
}

/// An object on its way: no more of it is held than one piece of the connection.
struct Body {
    pieces: BoxStream<'static, Result<bytes::Bytes, Error>>,
    piece: bytes::Bytes,
    store: Arc<Store>,
}

impl Read for Body {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.store.runtime.block_on(self.pieces.next()) {
                Some(piece) => self.piece = piece.map_err(failed)?,
                None => return Ok(0),
            }
        }
        let n = buf.len().min(self.piece.len());
        buf[..n].copy_from_slice(&self.piece.split_to(n));
        Ok(n)
    }
}

fn path(key: &str) -> Result<Path, Error> {
    Ok(Path::parse(key)?)
}

fn failed(error: Error) -> io::Error {
    io::Error::other(error_text(&error))
}

/// What went wrong, in one line.
fn error_text(error: &Error) -> String {
    match error {
        Error::NotFound { .. } => "no such object".into(),
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => "reading it is not allowed".into(),
        other => other.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
    }
}
